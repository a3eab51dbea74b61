"""Identity: people at the door, how each proves who he is, and what each may do.

Tables: parties.person, parties.person_setting, parties.membership, parties.membership_end,
parties.enrolment_code, parties.passkey, parties.pin, parties.lockout, parties.challenge,
parties.session, parties.session_token, parties.shown_order, parties.signed_order,
parties.recovery, parties.recovery_step, parties.guardianship, parties.guardianship_step,
parties.risk_event, parties.co_approval, parties.co_approval_ruling, parties.security_event. Tells
nothing, hears nothing. A right that no role gives is denied; no token, PIN or code is kept.
"""
