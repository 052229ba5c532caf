//! Stripe's v1 POST endpoints, sorted by path. Made by scripts/generate-endpoints.mjs; do not edit.
//!
//! Source: type declarations of stripe-node 23.1.0, API 2026-10-28.endive.

/// A line for each: the path below `/v1/`, and the operation's name where it does not follow from the path.
pub(super) static TABLE: &str = "\
account_links
account_sessions
accounts
accounts/{accountId}/capabilities/{id} accounts.updateCapability
accounts/{accountId}/external_accounts/{id} accounts.updateExternalAccount
accounts/{accountId}/persons/{id} accounts.updatePerson
accounts/{id}
accounts/{id}/external_accounts accounts.createExternalAccount
accounts/{id}/login_links accounts.createLoginLink
accounts/{id}/persons accounts.createPerson
accounts/{id}/reject
accounts/{id}/unreject
apple_pay/domains applePayDomains.create
application_fees/{feeId}/refunds/{id} applicationFees.updateRefund
application_fees/{id}/refunds applicationFees.createRefund
apps/installs
apps/installs/{id}
apps/installs/{id}/uninstall
apps/secrets
apps/secrets/delete apps.secrets.deleteWhere
balance_settings balanceSettings.update
billing/alerts
billing/alerts/{id}/activate
billing/alerts/{id}/archive
billing/alerts/{id}/deactivate
billing/credit_grants
billing/credit_grants/{id}
billing/credit_grants/{id}/expire
billing/credit_grants/{id}/void billing.creditGrants.voidGrant
billing/feedback_options
billing/feedback_options/{id}
billing/feedback_options/{id}/deactivate
billing/meter_event_adjustments
billing/meter_events
billing/meters
billing/meters/{id}
billing/meters/{id}/deactivate
billing/meters/{id}/reactivate
billing_portal/configurations
billing_portal/configurations/{id}
billing_portal/sessions
charges
charges/{id}
charges/{id}/capture
checkout/sessions
checkout/sessions/{id}
checkout/sessions/{id}/expire
climate/orders
climate/orders/{id}
climate/orders/{id}/cancel
coupons
coupons/{id}
credit_notes
credit_notes/{id}
credit_notes/{id}/void creditNotes.voidCreditNote
customer_sessions
customers
customers/{customerId}/balance_transactions/{id} customers.updateBalanceTransaction
customers/{customerId}/sources/{id} customers.updateSource
customers/{customerId}/sources/{id}/verify customers.verifySource
customers/{id}
customers/{id}/balance_transactions customers.createBalanceTransaction
customers/{id}/cash_balance customers.updateCashBalance
customers/{id}/funding_instructions customers.createFundingInstructions
customers/{id}/sources customers.createSource
customers/{id}/tax_ids customers.createTaxId
disputes/{id}
disputes/{id}/close
entitlements/features
entitlements/features/{id}
ephemeral_keys
file_links
file_links/{id}
files
financial_connections/accounts/{id}/disconnect
financial_connections/accounts/{id}/refresh
financial_connections/accounts/{id}/subscribe
financial_connections/accounts/{id}/unsubscribe
financial_connections/sessions
forwarding/requests
identity/verification_sessions
identity/verification_sessions/{id}
identity/verification_sessions/{id}/cancel
identity/verification_sessions/{id}/redact
invoice_rendering_templates/{id}/archive
invoice_rendering_templates/{id}/unarchive
invoiceitems invoiceItems.create
invoiceitems/{id} invoiceItems.update
invoices
invoices/create_preview invoices.createPreview
invoices/{id}
invoices/{id}/add_lines
invoices/{id}/attach_payment
invoices/{id}/finalize invoices.finalizeInvoice
invoices/{id}/mark_uncollectible
invoices/{id}/pay
invoices/{id}/remove_lines
invoices/{id}/send invoices.sendInvoice
invoices/{id}/update_lines
invoices/{id}/void invoices.voidInvoice
invoices/{invoiceId}/lines/{id} invoices.updateLineItem
issuing/authorizations/{id}
issuing/authorizations/{id}/approve
issuing/authorizations/{id}/decline
issuing/cardholders
issuing/cardholders/{id}
issuing/cards
issuing/cards/{id}
issuing/disputes
issuing/disputes/{id}
issuing/disputes/{id}/submit
issuing/personalization_designs
issuing/personalization_designs/{id}
issuing/tokens/{id}
issuing/transactions/{id}
payment_intents
payment_intents/{id}
payment_intents/{id}/apply_customer_balance
payment_intents/{id}/cancel
payment_intents/{id}/capture
payment_intents/{id}/confirm
payment_intents/{id}/increment_authorization
payment_intents/{id}/verify_microdeposits
payment_links
payment_links/{id}
payment_method_configurations
payment_method_configurations/{id}
payment_method_domains
payment_method_domains/{id}
payment_method_domains/{id}/validate
payment_methods
payment_methods/{id}
payment_methods/{id}/attach
payment_methods/{id}/detach
payment_records/report_payment paymentRecords.reportPayment
payment_records/{id}/report_payment_attempt
payment_records/{id}/report_payment_attempt_canceled
payment_records/{id}/report_payment_attempt_failed
payment_records/{id}/report_payment_attempt_guaranteed
payment_records/{id}/report_payment_attempt_informational
payment_records/{id}/report_refund
payouts
payouts/{id}
payouts/{id}/cancel
payouts/{id}/reverse
plans
plans/{id}
prices
prices/{id}
product_catalog/trial_offers
product_catalog/trial_offers/{id}
products
products/{id}
products/{id}/features products.createFeature
promotion_codes
promotion_codes/{id}
quotes
quotes/{id}
quotes/{id}/accept
quotes/{id}/cancel
quotes/{id}/finalize quotes.finalizeQuote
radar/payment_evaluations
radar/value_list_items
radar/value_lists
radar/value_lists/{id}
refunds
refunds/{id}
refunds/{id}/cancel
reporting/report_runs
reviews/{id}/approve
setup_intents
setup_intents/{id}
setup_intents/{id}/cancel
setup_intents/{id}/confirm
setup_intents/{id}/verify_microdeposits
shipping_rates
shipping_rates/{id}
sources
sources/{id}
sources/{id}/verify
subscription_items
subscription_items/{id}
subscription_schedules
subscription_schedules/{id}
subscription_schedules/{id}/cancel
subscription_schedules/{id}/release
subscriptions
subscriptions/{id}
subscriptions/{id}/migrate
subscriptions/{id}/pause
subscriptions/{id}/resume
tax/calculations
tax/locations
tax/registrations
tax/registrations/{id}
tax/settings tax.settings.update
tax/transactions/create_from_calculation tax.transactions.createFromCalculation
tax/transactions/create_reversal tax.transactions.createReversal
tax_ids
tax_rates
tax_rates/{id}
terminal/configurations
terminal/configurations/{id}
terminal/connection_tokens
terminal/locations
terminal/locations/{id}
terminal/onboarding_links
terminal/readers
terminal/readers/{id}
terminal/readers/{id}/cancel_action
terminal/readers/{id}/collect_inputs
terminal/readers/{id}/collect_payment_method
terminal/readers/{id}/confirm_payment_intent
terminal/readers/{id}/process_payment_intent
terminal/readers/{id}/process_setup_intent
terminal/readers/{id}/refund_payment
terminal/readers/{id}/set_reader_display
test_helpers/confirmation_tokens
test_helpers/customers/{id}/fund_cash_balance
test_helpers/issuing/authorizations
test_helpers/issuing/authorizations/{id}/capture
test_helpers/issuing/authorizations/{id}/expire
test_helpers/issuing/authorizations/{id}/finalize_amount
test_helpers/issuing/authorizations/{id}/fraud_challenges/respond testHelpers.issuing.authorizations.respond
test_helpers/issuing/authorizations/{id}/increment
test_helpers/issuing/authorizations/{id}/reverse
test_helpers/issuing/cards/{id}/shipping/deliver testHelpers.issuing.cards.deliverCard
test_helpers/issuing/cards/{id}/shipping/fail testHelpers.issuing.cards.failCard
test_helpers/issuing/cards/{id}/shipping/return testHelpers.issuing.cards.returnCard
test_helpers/issuing/cards/{id}/shipping/ship testHelpers.issuing.cards.shipCard
test_helpers/issuing/cards/{id}/shipping/submit testHelpers.issuing.cards.submitCard
test_helpers/issuing/personalization_designs/{id}/activate
test_helpers/issuing/personalization_designs/{id}/deactivate
test_helpers/issuing/personalization_designs/{id}/reject
test_helpers/issuing/transactions/create_force_capture testHelpers.issuing.transactions.createForceCapture
test_helpers/issuing/transactions/create_unlinked_refund testHelpers.issuing.transactions.createUnlinkedRefund
test_helpers/issuing/transactions/{id}/refund
test_helpers/refunds/{id}/expire
test_helpers/terminal/readers/{id}/present_payment_method
test_helpers/terminal/readers/{id}/succeed_input_collection
test_helpers/terminal/readers/{id}/timeout_input_collection
test_helpers/test_clocks
test_helpers/test_clocks/{id}/advance
test_helpers/treasury/inbound_transfers/{id}/fail
test_helpers/treasury/inbound_transfers/{id}/return testHelpers.treasury.inboundTransfers.returnInboundTransfer
test_helpers/treasury/inbound_transfers/{id}/succeed
test_helpers/treasury/outbound_payments/{id}
test_helpers/treasury/outbound_payments/{id}/fail
test_helpers/treasury/outbound_payments/{id}/post
test_helpers/treasury/outbound_payments/{id}/return testHelpers.treasury.outboundPayments.returnOutboundPayment
test_helpers/treasury/outbound_transfers/{id}
test_helpers/treasury/outbound_transfers/{id}/fail
test_helpers/treasury/outbound_transfers/{id}/post
test_helpers/treasury/outbound_transfers/{id}/return testHelpers.treasury.outboundTransfers.returnOutboundTransfer
test_helpers/treasury/received_credits
test_helpers/treasury/received_debits
three_d_secure/authentications
three_d_secure/authentications/{id}/cancel
three_d_secure/authentications/{id}/submit
tokens
topups
topups/{id}
topups/{id}/cancel
transfers
transfers/{id}
transfers/{id}/reversals transfers.createReversal
transfers/{transferId}/reversals/{id} transfers.updateReversal
treasury/credit_reversals
treasury/debit_reversals
treasury/financial_accounts
treasury/financial_accounts/{id}
treasury/financial_accounts/{id}/close
treasury/financial_accounts/{id}/features treasury.financialAccounts.updateFeatures
treasury/inbound_transfers
treasury/inbound_transfers/{id}/cancel
treasury/outbound_payments
treasury/outbound_payments/{id}/cancel
treasury/outbound_transfers
treasury/outbound_transfers/{id}/cancel
webhook_endpoints
webhook_endpoints/{id}
";
