"""The Chinese words of the API page, by operation; the English ones are the routes' docstrings."""

from collections.abc import Mapping
from typing import Final

from heliu.ground.text import Text

SUMMARY_ZH: Final[Mapping[str, str]] = {
    "decideCredit": "E秒授信: 对一笔应收账款给出额度、价格与理由",
    "drawDown": "E秒放款: 按授信决定放款，占用、限额、借款与记账一次完成",
    "pay": "E秒支付: 支付已放款项，给供应商本人或受托支付给收款人",
    "finance": "三步合一: 对一笔应收账款授信、放款、支付，要么全成要么不做",
    "financeMany": "批量融资: 一次至多一千笔，逐笔给出结果，一笔有误不影响其余",
    "sendDocuments": "报送任意格式的单据: 单个文件、压缩包或表单多文件，逐份给出结果",
    "getDocument": "查看一份单据",
    "sendParties": "报送企业主数据",
    "sendApprovals": "确认或拒绝应付账款",
    "listReceivables": "列出应收账款及当前可融资金额",
    "getReceivable": "查看一笔应收账款及当前可融资金额",
    "getCreditDecision": "查看一项授信决定",
    "getDrawdown": "查看一笔放款",
    "getPayment": "查看一笔支付",
    "getFinancing": "查看一笔融资",
    "getHealth": "服务是否可用",
    "listProgrammes": "列出产品方案",
    "getProgramme": "查看一个产品方案及其各版本",
    "proposeProgramme": "提出产品方案的新版本",
    "releaseProgramme": "由第二人发布产品方案的一个版本",
    "acquireSuppliers": "批量获客: 对整份供应商名单预授信",
    "getAcquisition": "查看一份名单的结果",
    "listPreApprovals": "逐家查看预授信结果",
    "listAcquisitionComplaints": "查看名单中有误的行",
}
DESCRIPTION_ZH: Final[Mapping[str, str]] = {
    "`next` of the page before.": "上一页的 next。",
    "The file's name: a label, and a hint at its format (.csv, .xlsx, .zip).": (
        "文件名: 仅作标识，并提示格式（.csv、.xlsx、.zip）。"
    ),
    "Unified social credit code (GB 32100-2015).": "统一社会信用代码（GB 32100-2015）。",
    "Names the act: the same key when you retry.": "为操作命名: 重试时沿用同一键。",
    "Names the act; the same key when you retry.": "为操作命名: 重试时沿用同一键。",
    "Language of problems and complaints.": "错误与意见所用语言。",
    "More than zero, in major units of the receivable's currency. Left out: all there is.": (
        "大于零，以应收账款币种的元为单位；不填则取全部。"
    ),
    "Whom a payment goes to.": "收款人。",
    "受托支付 to the supplier's own supplier; default: not required.": (
        "受托支付给供应商自己的供应商；默认不要求。"
    ),
    "The body is the file itself (UBL, EPCIS, e-invoice, ISO 20022, CSV, XLSX; ZIP and gzip are "
    "opened), or multipart/form-data with one part per file. One outcome comes back per document, "
    "in order; a bad one hides no other.": (
        "正文即文件本身（UBL、EPCIS、电子发票、ISO 20022、CSV、XLSX；ZIP 与 gzip 会被打开），"
        "或 multipart/form-data，每个文件一部分。逐份按序给出结果，一份有误不影响其余。"
    ),
    "Every supplier gets a limit, or reasons with cures, ranked by the draw expected of it. The "
    "same list under the same version answers the same. With `Prefer: respond-async` the list is "
    "read and kept and answered 202; read the run at its Location until it is finished.": (
        "每家供应商得到额度，或理由与补救办法，按预计用信排序。同一名单在同一版本下结果相同。"
        "带 `Prefer: respond-async` 时先收下名单并答复 202，之后在 Location 处查询直至完成。"
    ),
    "`respond-async`: answer 202 at once (RFC 7240).": (
        "`respond-async`: 立即答复 202（RFC 7240）。"
    ),
}
TAGS: Final[Mapping[str, Text]] = {
    "acts": Text("三个即时动作: 授信、放款、支付", "The three instant acts, and what came of them"),
    "documents": Text("单据与主数据", "Trade documents, master data, approvals"),
    "programmes": Text("产品方案", "Programmes: what is lent to whom, at what price"),
    "acquisition": Text("批量获客", "Pre-approve a whole list of suppliers"),
    "webhooks": Text("事件通知", "Be told what became true"),
    "service": Text("服务状态", "The service itself"),
}
ABOUT: Final = Text(
    "以 JSON 请求，以您连接的密钥签名。金额为十进制字符串（元）。每个动作带 Idempotency-Key: "
    "同一键同一请求得到同一应答，503 与网络错误后可放心重试。错误均为 problem+json (RFC 9457)，"
    "code 稳定不变，语言随 Accept-Language。签名: 时间戳、随机数、方法、路径含查询、"
    "Idempotency-Key（没有则为空行）、请求正文，以换行符相连，以密钥作 HMAC-SHA256，十六进制写入 "
    "Heliu-Signature: v1=。",
    "Ask in JSON, signed with your connection's secret. Amounts are decimal texts in major units. "
    "Every act carries an Idempotency-Key: the same key with the same request gets the same "
    "answer, so retrying after a 503 or a network error is safe. Errors are problem+json "
    "(RFC 9457) with stable codes, in the language of Accept-Language. The signature is the hex "
    "HMAC-SHA256, by your secret, of timestamp, nonce, METHOD, path with query, Idempotency-Key "
    "(empty if there is none) and the raw body, joined by line feeds; it goes into "
    "Heliu-Signature: v1=...",
)
