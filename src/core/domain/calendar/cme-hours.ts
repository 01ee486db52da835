import type { TradingHours } from "#core/domain/trading-hours.ts";
import type { DayHours, WeekHours, Weeks } from "./schedule.ts";
import { specialDaysOf } from "./special-days.ts";
import type { Complex } from "./special-days.ts";

/**
 * The ordinary weeks of CME Globex, Chicago time. Special days are known from 2024; before, a
 * holiday reads as an ordinary day. Grains and livestock begin with the hours they still have.
 */

// Effective for trade date Monday 2015-09-21 the day ends at 16:00 instead of 16:15; from
// 2021-06-28 equity no longer halts between 15:15 and 15:30. Recorded ES bars show both.
const EQUITY: Weeks = [
  globexWeek("2013-01-01", "00:00-15:15 15:30-16:15"),
  globexWeek("2015-09-21", "00:00-15:15 15:30-16:00"),
  globexWeek("2021-06-28", "00:00-16:00"),
];
const METALS_ENERGY: Weeks = [
  globexWeek("2013-01-01", "00:00-16:15"),
  globexWeek("2015-09-21", "00:00-16:00"),
];
const FX_TREASURIES: Weeks = [globexWeek("2013-01-01", "00:00-16:00")];
// Round the clock from Friday 2026-05-29 16:00. CME promises two hours or more of maintenance over
// the weekend; Saturday 02:00 to 04:00 is how a vendor described them in July 2026.
const CRYPTO: Weeks = [
  globexWeek("2017-12-17", "00:00-16:00"),
  {
    from: "2026-05-29",
    sunday: "00:00-24:00",
    mondayToThursday: "00:00-24:00",
    friday: "00:00-24:00",
    saturday: "00:00-02:00 04:00-24:00",
  },
];
// The close moved from 13:15 to 13:20 on 2015-07-06.
const GRAINS: Weeks = [
  {
    from: "2015-07-06",
    sunday: "19:00-24:00",
    mondayToThursday: "00:00-07:45 08:30-13:20 19:00-24:00",
    friday: "00:00-07:45 08:30-13:20",
    saturday: "",
  },
];
// The night session ended with 2016-02-26.
const LIVESTOCK: Weeks = [
  {
    from: "2016-02-29",
    sunday: "",
    mondayToThursday: "08:30-13:05",
    friday: "08:30-13:05",
    saturday: "",
  },
];

/** Regular hours are those of the cash market or of the former pit, whose prices settle the day. */
const HOURS = {
  "cme-equity": scheduled("cme-equity", EQUITY, "equity", "08:30-15:00"),
  "cme-gold": scheduled("cme-gold", METALS_ENERGY, "metals", "07:20-12:30"),
  "cme-silver": scheduled("cme-silver", METALS_ENERGY, "metals", "07:25-12:25"),
  "cme-copper": scheduled("cme-copper", METALS_ENERGY, "metals", "07:10-12:00"),
  "cme-platinum": scheduled("cme-platinum", METALS_ENERGY, "metals", "07:20-12:05"),
  "cme-energy": scheduled("cme-energy", METALS_ENERGY, "metals", "08:00-13:30"),
  "cme-fx": scheduled("cme-fx", FX_TREASURIES, "fx", "07:20-14:00"),
  "cme-treasuries": scheduled("cme-treasuries", FX_TREASURIES, "treasuries", "07:20-14:00"),
  "cme-grains": scheduled("cme-grains", GRAINS, "grains", "08:30-13:20"),
  "cme-livestock": scheduled("cme-livestock", LIVESTOCK, "livestock", "08:30-13:05"),
  "cme-crypto": scheduled("cme-crypto", CRYPTO, "crypto", "08:30-15:00"),
  "24x7": { kind: "always", id: "24x7" },
} as const satisfies Record<string, TradingHours>;

export type TradingHoursId = keyof typeof HOURS;

export const TRADING_HOURS_IDS = Object.keys(HOURS) as readonly TradingHoursId[];

export function tradingHours(id: TradingHoursId): TradingHours {
  return HOURS[id];
}

/** Opens Sunday to Thursday at 17:00; the rest of each weekday is given. */
function globexWeek(from: string, day: DayHours): WeekHours {
  return {
    from,
    sunday: "17:00-24:00",
    mondayToThursday: `${day} 17:00-24:00`,
    friday: day,
    saturday: "",
  };
}

function scheduled(id: string, weeks: Weeks, complex: Complex, regular: DayHours): TradingHours {
  return {
    kind: "scheduled",
    id,
    zone: "America/Chicago",
    weeks,
    regular,
    specialDays: specialDaysOf(complex),
    lastDay: "2027-12-31",
  };
}
