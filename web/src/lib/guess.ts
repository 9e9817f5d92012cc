/** What the browser tells about where a person is. */

const regionCurrencies: Readonly<Record<string, string>> = {
  CN: "CNY",
  HK: "HKD",
  MO: "MOP",
  TW: "TWD",
  JP: "JPY",
  KR: "KRW",
  SG: "SGD",
  MY: "MYR",
  TH: "THB",
  VN: "VND",
  ID: "IDR",
  IN: "INR",
  AU: "AUD",
  NZ: "NZD",
  GB: "GBP",
  CH: "CHF",
  SE: "SEK",
  NO: "NOK",
  DK: "DKK",
  PL: "PLN",
  CA: "CAD",
  US: "USD",
  MX: "MXN",
  BR: "BRL",
  ZA: "ZAR",
  AE: "AED",
};

const zoneRegions: Readonly<Record<string, string>> = {
  "Asia/Shanghai": "CN",
  "Asia/Urumqi": "CN",
  "Asia/Hong_Kong": "HK",
  "Asia/Macau": "MO",
  "Asia/Taipei": "TW",
  "Asia/Tokyo": "JP",
  "Asia/Seoul": "KR",
  "Asia/Singapore": "SG",
  "Asia/Kolkata": "IN",
  "Europe/London": "GB",
  "Europe/Zurich": "CH",
};

/** The currency that is probably used in a time zone by a speaker of a language. */
export function guessCurrency(timezone: string, language: string): string {
  const region = zoneRegions[timezone] ?? new Intl.Locale(language).maximize().region ?? "";
  const known = regionCurrencies[region];
  if (known) return known;
  return timezone.startsWith("Europe/") ? "EUR" : "USD";
}

/** All currencies, the guessed ones of the world first by code. */
export function currencies(): readonly string[] {
  return Intl.supportedValuesOf("currency");
}

/** All time zones. */
export function timezones(including: string): readonly string[] {
  return [...new Set([including, ...Intl.supportedValuesOf("timeZone")])].sort();
}
