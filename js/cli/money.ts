export { amountText, moneyText } from '../lab/faults/money-text.ts';
