const inUnits = (digits: number, codes: string): (readonly [string, number])[] =>
  codes
    .trim()
    .split(/\s+/)
    .map((code) => [code, digits]);

/**
 * Every currency in use and the digits after its decimal point (ISO 4217 list one, amendments up to 180: XCG and ZWG in,
 * BGN out). Metals, test codes and bond units are left out: nobody is paid in them.
 */
export const minorUnits: ReadonlyMap<string, number> = new Map([
  ...inUnits(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...inUnits(
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ),
  ...inUnits(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...inUnits(4, 'CLF UYW'),
]);
