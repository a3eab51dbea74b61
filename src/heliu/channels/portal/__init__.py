"""Portal of core enterprises: what they owe, confirmed by two people; connections; suppliers.

Tables: channels.payable_proposal, channels.payable_proposal_item, channels.payable_ruling,
channels.table_draft, channels.table_mapping, channels.secret_shown. Tells and hears nothing of its
own: what is confirmed is filed as an approval, as the API's are.
"""
