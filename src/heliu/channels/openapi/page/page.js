// The API page: reads /openapi.json and shows it, in the reader's language. Nothing else is loaded.
"use strict";

const WORDS = {
  en: { request: "Request", answer: "Answer", parameters: "Parameters", fields: "Members of the body",
        problems: "Problems", permission: "permission", open: "open to everybody", required: "required",
        other: "中文", failed: "The document cannot be read. Reload the page." },
  "zh-CN": { request: "请求", answer: "应答", parameters: "参数", fields: "正文各项",
        problems: "问题代码", permission: "权限", open: "无需签名", required: "必填",
        other: "English", failed: "无法读取接口文档，请重新加载。" },
};
let language = navigator.language.startsWith("zh") ? "zh-CN" : "en";
let api = null;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const word = (key) => WORDS[language][key];
const said = (thing, key) => (language === "zh-CN" && thing["x-zh"]?.[key]) || thing[key] || "";

function resolved(thing) {
  if (!thing?.$ref) return thing;
  return thing.$ref.slice(2).split("/").reduce((at, step) => at[step], api);
}

function shown(value) {
  return element("pre", {}, element("code", {}, JSON.stringify(value, null, 2)));
}

function exampleOf(content) {
  return content && Object.values(content).find((one) => one.example !== undefined)?.example;
}

function typeOf(schema) {
  const found = resolved(schema);
  if (found.anyOf) return found.anyOf.map(typeOf).filter((name) => name !== "null").join(" | ");
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (found.type === "array") return `[${typeOf(found.items ?? {})}]`;
  return found.format || (found.type === "object" && found.title) || found.type || "";
}

function described(schema) {
  const found = resolved(schema);
  return said(found, "description") || found.anyOf?.map(described).find((text) => text) || "";
}

function rows(entries) {
  return element("table", {}, ...entries.map(([name, type, must, text]) => element("tr", {},
    element("td", {}, element("code", {}, name)),
    element("td", {}, type, must ? ` · ${word("required")}` : ""),
    element("td", {}, text))));
}

function section(title, ...content) {
  return element("section", {}, element("h4", {}, title), ...content);
}

function parametersOf(operation) {
  const found = (operation.parameters ?? []).map(resolved);
  if (!found.length) return null;
  return section(word("parameters"), rows(found.map((one) =>
    [`${one.name} (${one.in})`, typeOf(one.schema), one.required, said(one, "description")])));
}

function membersOf(operation) {
  const media = operation.requestBody?.content?.["application/json"];
  let schema = resolved(media?.schema);
  if (schema?.type === "array") schema = resolved(schema.items);
  if (!schema?.properties) return null;
  const must = schema.required ?? [];
  return section(word("fields"), rows(Object.entries(schema.properties).map(([name, one]) =>
    [name, typeOf(one), must.includes(name), described(one)])));
}

function problemsOf(operation) {
  const found = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400)
    .map(([status, response]) => [status, resolved(response)])
    .filter(([, response]) => response.content?.["application/problem+json"]);
  if (!found.length) return null;
  const lines = found.map(([status, response]) => {
    const codes = Object.keys(response.content["application/problem+json"].examples ?? {});
    return element("tr", {}, element("td", {}, status), element("td", {}, said(response, "description")),
      element("td", {}, element("code", {}, codes.join(", "))));
  });
  return element("details", {}, element("summary", {}, word("problems")), element("table", {}, ...lines));
}

function article(path, method, operation) {
  const permission = operation["x-permission"];
  const request = exampleOf(operation.requestBody?.content);
  const answer = exampleOf(operation.responses["200"]?.content);
  return element("article", { id: operation.operationId },
    element("h3", {}, said(operation, "summary")),
    element("p", { class: "line" },
      element("span", { class: `method ${method}` }, method.toUpperCase()), path),
    element("p", { class: "permission" }, permission ? `${word("permission")}: ${permission}` : word("open")),
    operation.description ? element("p", {}, said(operation, "description")) : null,
    parametersOf(operation), membersOf(operation),
    request === undefined ? null : section(word("request"), shown(request)),
    answer === undefined ? null : section(word("answer"), shown(answer)),
    problemsOf(operation));
}

function render() {
  document.documentElement.lang = language;
  document.getElementById("about").textContent = said(api.info, "description");
  const button = document.getElementById("language");
  button.textContent = word("other");
  button.lang = language === "en" ? "zh-CN" : "en";
  const contents = document.getElementById("contents");
  const main = document.getElementById("operations");
  contents.replaceChildren();
  main.replaceChildren();
  for (const tag of api.tags) {
    const found = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, one]) => one.tags?.includes(tag.name))
        .map(([method, one]) => [path, method, one]));
    if (!found.length) continue;
    contents.append(element("h2", {}, said(tag, "description")), element("ul", {},
      ...found.map(([path, method, one]) => element("li", {},
        element("a", { href: `#${one.operationId}` }, `${method.toUpperCase()} ${path}`)))));
    main.append(...found.map(([path, method, one]) => article(path, method, one)));
  }
}

document.getElementById("language").addEventListener("click", () => {
  language = language === "en" ? "zh-CN" : "en";
  if (api) render();
});

fetch("/openapi.json").then((answer) => answer.json()).then((read) => {
  api = read;
  render();
}).catch(() => {
  document.getElementById("operations").replaceChildren(
    element("p", { class: "wrong" }, word("failed")));
});
