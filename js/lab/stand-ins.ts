// What stands for a secret that a flow asks for: no real one is needed.
export const STRIPE_KEY = 'sk_test_of_the_lab_000000';
export const VAULT_KEY = 'vault_key_of_the_lab_000000';
export const SLACK_URL = 'https://hooks.slack.com/services/lab';
