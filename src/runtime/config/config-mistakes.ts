/** A configuration with something wrong, and what a person is told. The file is called keel.yaml. */
export type Mistake = {
  readonly what: string;
  readonly text: string;
  readonly says: string;
  readonly env?: Readonly<Record<string, string>>;
};

const BOT = "    strategy: { type: ema-cross }";
const DATA = "data: { sample: gold-2013-10-08 }";
const SMALLEST = `
accounts:
  PRACTICE-1: { balance: 50000 }
${DATA}
`;

export const MISTAKES: readonly Mistake[] = [
  {
    what: "broken YAML",
    text: "accounts: [1\nbots: 2\n",
    says: "keel.yaml:2:1  expected YAML, found flow sequence in block collection must be sufficiently indented and end with a ]",
  },
  {
    what: "a tab",
    text: "accounts:\n\tA: 1\n",
    says: "keel.yaml:2:1  expected spaces, found a tab; indent with spaces",
  },
  {
    what: "a key twice",
    text: `${DATA}\naccounts: { A: { balance: 1 } }\naccounts: {}\n`,
    says: "keel.yaml:3:1  expected each key once, found accounts again; remove one of them",
  },
  {
    what: "two documents",
    text: `${SMALLEST}---\na: 1\n`,
    says: "keel.yaml:5:1  expected one document, found another after ---; use one file for each",
  },
  {
    what: "a tag",
    text: "accounts: !!js/function 'x'\n",
    says: "keel.yaml:1:11  expected plain values, found a tag; remove what begins with !",
  },
  {
    what: "a merge key",
    text: `accounts:\n  A: &a { balance: 1 }\n  B:\n    <<: *a\n    balance: 2\n${DATA}\n`,
    says: "keel.yaml:4:5  accounts.B: expected the settings themselves, found a merge key <<; write the settings out",
  },
  {
    what: "an alias to nothing",
    text: `accounts: { A: *a }\n${DATA}\n`,
    says: "keel.yaml:1:16  accounts.A: expected &a before *a, found none; write the value out",
  },
  {
    what: "an unknown key",
    text: `acounts: {}\naccounts: { A: { balance: 1 } }\n${DATA}\n`,
    says: 'keel.yaml:1:1  acounts: expected a known key, found "acounts"; did you mean accounts?',
  },
  {
    what: "an unknown rule",
    text: `accounts:\n  A:\n    balance: 1\n    rules: { max_contract: { limit: 1 } }\n${DATA}\n`,
    says: 'keel.yaml:4:14  accounts.A.rules.max_contract: expected a known key, found "max_contract"; did you mean max_contracts?',
  },
  {
    what: "a rule without its limit",
    text: `accounts:\n  A:\n    balance: 1\n    rules:\n      max_contracts: {}\n${DATA}\n`,
    says: "keel.yaml:5:7  accounts.A.rules.max_contracts.limit: expected a whole number of at least 0, found nothing",
  },
  {
    what: "the wrong kind of value",
    text: `accounts:\n  A:\n    balance: lots\n    arming: on\n${DATA}\n`,
    says:
      'keel.yaml:3:14  accounts.A.balance: expected an amount of money from 0.01 to 1000000000, found "lots"\n' +
      'keel.yaml:4:13  accounts.A.arming: expected one of observe, guard, trade, found "on"',
  },
  {
    what: "a negative amount",
    text: `accounts:\n  A:\n    balance: 1\n    rules: { daily_realized_loss: { limit: -500 } }\n${DATA}\n`,
    says: "keel.yaml:4:44  accounts.A.rules.daily_realized_loss.limit: expected an amount of money from 0.01 to 1000000000, found -500; write limits as positive amounts: 500",
  },
  {
    what: "a duration without a unit",
    text: `accounts: { A: { balance: 1 } }\nanswerTimeout: 5\n${DATA}\n`,
    says: "keel.yaml:2:16  answerTimeout: expected a duration such as 500ms, 10s, 5m, 2h or 1d, up to 366d, found 5; write the unit: 5s",
  },
  {
    what: "no account",
    text: `accounts: {}\n${DATA}\n`,
    says: "keel.yaml:1:11  accounts: expected at least one account, found none; add one, such as PRACTICE-1: { balance: 50000 }",
  },
  {
    what: "nothing at all",
    text: "",
    says:
      "keel.yaml:1:1  accounts: expected accounts by name, such as PRACTICE-1: { balance: 50000 }, found nothing\n" +
      "keel.yaml:1:1  data: expected { sample: gold-2013-10-08 } or { instrument, trades, quotes, from, until, warmUpFrom }, found nothing",
  },
  {
    what: "an account that is not there",
    text: `accounts: { PRACTICE-1: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    account: PRACTISE-1\n    instrument: { symbol: MGC }\n${BOT}\n${DATA}\n`,
    says: 'keel.yaml:4:14  bots[0].account: expected PRACTICE-1, found "PRACTISE-1"',
  },
  {
    what: "a bot that could be on either account",
    text: `accounts: { A: { balance: 1 }, B: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n${BOT}\n${DATA}\n`,
    says: "keel.yaml:3:5  bots[0].account: expected one of A, B, found nothing; there are several accounts, so say which",
  },
  {
    what: "an unknown symbol",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGCC, exchange: COMEX }\n${BOT}\n${DATA}\n`,
    says: 'keel.yaml:4:27  bots[0].instrument.symbol: expected a product root such as MGC, or a contract such as MGCZ25, found "MGCC"; did you mean MGC?',
  },
  {
    what: "a symbol on another exchange",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC, exchange: CME }\n${BOT}\n${DATA}\n`,
    says: "keel.yaml:4:42  bots[0].instrument.exchange: expected COMEX, where MGC trades, found CME",
  },
  {
    what: "an instrument that there is no data of",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MNQ }\n${BOT}\n${DATA}\n`,
    says: 'keel.yaml:4:27  bots[0].instrument.symbol: expected an instrument that there is market data of (MGC), found "MNQ"; change the instrument, or data',
  },
  {
    what: "an instrument that the account may not trade",
    text: `accounts: { A: { balance: 1, limits: { instruments: [MNQ, MGCC] } } }\n${DATA}\n`,
    says: 'keel.yaml:1:59  accounts.A.limits.instruments[1]: expected a product root such as MGC, found "MGCC"; did you mean MGC?',
  },
  {
    what: "an instrument outside the limits of the account",
    text: `accounts: { A: { balance: 1, limits: { instruments: [MNQ] } } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n${BOT}\n${DATA}\n`,
    says: 'keel.yaml:4:27  bots[0].instrument.symbol: expected an instrument that A may trade (MNQ), found "MGC"; add it to accounts.A.limits.instruments, or take another',
  },
  {
    what: "an unknown strategy",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n    strategy: { type: emacross }\n${DATA}\n`,
    says: 'keel.yaml:5:23  bots[0].strategy.type: expected ema-cross, found "emacross"',
  },
  {
    what: "an unknown strategy with an unknown parameter",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n    strategy: { type: emacross, params: { fasst: 1 } }\n${DATA}\n`,
    says:
      'keel.yaml:5:23  bots[0].strategy.type: expected ema-cross, found "emacross"\n' +
      'keel.yaml:5:43  bots[0].strategy.params.fasst: expected a known key, found "fasst"; did you mean fast?',
  },
  {
    what: "parameters that do not go together",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n    strategy: { type: ema-cross, params: { slow: 5 } }\n${DATA}\n`,
    says: "keel.yaml:5:50  bots[0].strategy.params.slow: expected fast below slow, found 12 and 5",
  },
  {
    what: "bars that are none",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n    strategy: { type: ema-cross, params: { bars: often } }\n${DATA}\n`,
    says: 'keel.yaml:5:50  bots[0].strategy.params.bars: expected a bar such as 30s, 5m, 1h, 1d, 500t or 1000v, found "often"',
  },
  {
    what: "money finer than a millionth",
    text: `accounts: { A: { balance: 50000.123456789 } }\n${DATA}\n`,
    says: "keel.yaml:1:27  accounts.A.balance: expected an amount of money from 0.01 to 1000000000, found 50000.123456789; write at most six decimals",
  },
  {
    what: "an unknown parameter",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n    strategy:\n      type: ema-cross\n      params: { fasst: 12 }\n${DATA}\n`,
    says: 'keel.yaml:7:17  bots[0].strategy.params.fasst: expected a known key, found "fasst"; did you mean fast?',
  },
  {
    what: "two bots on one instrument",
    text: `accounts: { A: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    instrument: { symbol: MGC }\n${BOT}\n  - bot: { id: c }\n    account: A\n    instrument: { symbol: MGC }\n${BOT}\n${DATA}\n`,
    says: "keel.yaml:8:27  bots[1].instrument.symbol: expected one bot for each instrument of an account, found b and c on A MGC; give one of them another account or instrument",
  },
  {
    what: "two bots of one name",
    text: `accounts: { A: { balance: 1 }, B: { balance: 1 } }\nbots:\n  - bot: { id: b }\n    account: A\n    instrument: { symbol: MGC }\n${BOT}\n  - bot: { id: b }\n    account: B\n    instrument: { symbol: MGC }\n${BOT}\n${DATA}\n`,
    says: 'keel.yaml:7:16  bots[1].bot.id: expected each bot id once, found "b" again; change one of the two',
  },
  {
    what: "a reserve that leaves nothing",
    text: `accounts:\n  A:\n    balance: 1\n    limits: { messageBudget: { limit: 20, reserve: 20 } }\n${DATA}\n`,
    says: "keel.yaml:4:52  accounts.A.limits.messageBudget.reserve: expected fewer than the limit of 20, found 20; leave messages for entries, or raise the limit",
  },
  {
    what: "a burst beyond the queue",
    text: `accounts: { A: { balance: 1 } }\nqueue: { capacity: 10, burst: 11 }\n${DATA}\n`,
    says: "keel.yaml:2:31  queue.burst: expected no more than the capacity of 10, found 11",
  },
  {
    what: "answers that take longer than they may",
    text: `accounts: { A: { balance: 1 } }\nvenue: { latency: { toVenue: 3s, toDesk: 2s } }\n${DATA}\n`,
    says: "keel.yaml:1:1  answerTimeout: expected more than the 5000ms that an answer takes (venue.latency), found 5000ms; or every order counts as unconfirmed",
  },
  {
    what: "a venue where nothing is traded",
    text: `accounts: { A: { balance: 1 } }\nconnection: { venue: projectx-practice, api: "http://127.0.0.1:7610", user: practice, key: k }\n${DATA}\n`,
    says: "keel.yaml:2:1  connection.instruments: expected at least one instrument to trade or to guard, found none, and no bot that names one; name what you trade, such as [MNQ, MGC]",
  },
  {
    what: "an unknown sample",
    text: "accounts: { A: { balance: 1 } }\ndata: { sample: gold-2013-10-09 }\n",
    says: 'keel.yaml:2:17  data.sample: expected gold-2013-10-08, found "gold-2013-10-09"',
  },
  {
    what: "data that ends before it begins",
    text: "accounts: { A: { balance: 1 } }\ndata:\n  instrument: MGC\n  trades: [x]\n  from: 2025-10-08T00:00:00Z\n  until: 2025-10-07T00:00:00Z\n",
    says: "keel.yaml:6:10  data.until: expected an instant after from, found one before or at it",
  },
  {
    what: "an instant without a zone",
    text: "accounts: { A: { balance: 1 } }\ndata:\n  instrument: MGC\n  trades: [x]\n  from: 2025-10-08\n  until: 2025-10-09T00:00:00Z\n",
    says: 'keel.yaml:5:9  data.from: expected an instant such as 2013-10-07T22:00:00Z, found "2025-10-08"; write date, time and zone; Z is UTC',
  },
  {
    what: "missing variables",
    text: `accounts:\n  A:\n    balance: \${BALANCE}\n    rules: { max_contracts: { limit: "\${LIMIT}" } }\n${DATA}\n`,
    env: { LIMIT: "" },
    says: "keel.yaml:3:14  expected the environment variables BALANCE, LIMIT, found them not set; set what is missing and start again",
  },
  {
    what: "a variable without quotes in braces",
    text: `accounts: { A: { balance: \${BALANCE} } }\n${DATA}\n`,
    says: 'keel.yaml:1:28  expected YAML, found unexpected flow-map-start at node end; inside { } and [ ] write "${NAME}" in quotes',
  },
  {
    what: "something in braces that is no name",
    text: `accounts:\n  A:\n    balance: \${1 + 1}\n${DATA}\n`,
    says: "keel.yaml:3:14  accounts.A.balance: expected a variable such as ${NAME}, found ${1 + 1}; write $${ for the characters ${",
  },
  {
    what: "a secret in the wrong place",
    text: `accounts:\n  A:\n    balance: "\${TOKEN}"\n${DATA}\n`,
    env: { TOKEN: "hunter2" },
    says: "keel.yaml:3:14  accounts.A.balance: expected an amount of money from 0.01 to 1000000000, found the value of ${TOKEN}",
  },
];
