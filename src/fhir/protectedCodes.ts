/**
 * Codes that mark specially protected data: mental health, substance use, sexual and reproductive health, HIV, violence.
 *
 * Curated, not complete: SNOMED CT, LOINC and RxNorm hold thousands more, which `isProtectedText` recognises by
 * their display. Kept wide where in doubt. Sources:
 * - sensitivity codes: HL7 v3-ActCode `_InformationSensitivityPolicy` (R4 and terminology 7.0) and v3-Confidentiality
 * - what the kinds are: 42 CFR Part 2; SAMHSA's Consent2Share value sets (VSAC 2.16.840.1.113762.1.4.1142.58)
 * - SNOMED CT: HL7 SHIFT task force's security-labelling value sets, Synthea's modules, CDC PHIN VADS; common diagnoses
 *   added by hand
 * - LOINC: eCQM value sets *Pregnancy Test* (2.16.840.1.113883.3.464.1003.111.12.1011) and *HIV Laboratory Test Codes*
 *   (2.16.840.1.113762.1.4.1056.50); screening instruments, drug screens and reproductive history added by hand
 * - RxNorm: the SHIFT value sets and, by hand, the ingredients of the ATC classes below
 *
 * @module
 */

// Sensitivity codes of v3-ActCode, but those about businesses and employers. PREGNANT, SOC and the like are no R4 codes
// but in use.
const SENSITIVITIES = words(`
  ADOL BH CEL COGN DEMO DIA DIS DOB DRGIS DVD EMOTDIS ETH ETHUD GDIS GENDER HIV LIVARG LOCIS MARST MH MST OPIOIDUD PHY
  PREGNANT PRS PSY PSYTHPN RACE REL REPRO SCA SDV SEX SICKLE SOC SPI SSP STD STI SUD TBOO VIO VIP`);

// R and V, and the codes v3-Confidentiality had before for kinds of information: ETH, HIV, PSY, SDV, celebrity,
// sensitive, taboo.
const CONFIDENTIALITIES = words("R V ETH HIV PSY SDV C S T");

// Three characters from-to, both included.
const ICD10_RANGES = ranges(`
  A50-A64 B20-B24 F00-F99 G30-G30 K70-K70 N46-N46 N91-N98 O00-O9A R75-R75 T40-T40 T74-T74 T76-T76 X60-Y09 Z21-Z21
  Z30-Z39 Z69-Z70`);
const ICD10_PREFIXES = words(`
  B97.35 E24.4 G31.2 G62.1 G72.1 I42.6 K29.2 K85.2 K86.0 P04.4 P96.1 R45.8 R78.0 R78.1 R78.2 R78.3 R78.4 R78.5
  T14.91 T38.4 T42.4 T43 T51.0 Y87.0 Y87.1 Y90 Y91 Z04.4 Z04.7 Z04.8 Z11.3 Z11.4 Z20.2 Z20.6 Z22.4 Z50.2 Z50.3
  Z62.81 Z64.0 Z71.4 Z71.5 Z71.7 Z72.5 Z79.3 Z79.891 Z81 Z83.0 Z86.5 Z87.59 Z87.890 Z91.41 Z91.5 Z97.5 Z98.51 Z98.52`);
const ICD9_RANGES = ranges("042-044 090-099 290-319 606-606 614-616 625-628 630-679");
const ICD9_PREFIXES = words(`
  079.53 291 303 305 331.0 357.5 425.5 571.0 571.1 571.2 571.3 571.6 760.71 790.3 795.71 965.0 969 980.0 995.5 995.8
  E860 E95 E96 V01.6 V02.7 V02.8 V08 V11 V15.4 V15.7 V22 V23 V24 V25 V26 V27 V28 V61.1 V61.2 V62.84 V65.42 V65.44 V69.2
  V71.5 V74.5 V79.0 V79.1`);
// Mental disorders, HIV, sexually transmitted infections, pregnancy, sexual health, reproduction.
const ICD11 = /^(6[A-E]|1C6[0-2]|1A[6-9]|1C8[0-2]|J[AB]|HA|GA3|GB0|QA[0-4]|QE8|PJ2)/;
const ATC = /^(J05AR|J05AE|J05AF|J05AG|J05AJ|J05AX0[789]|J05AX12|N05|N06|N07B[BC]|G02A|G02B|G02CB|G03[AGX]|V03AB15)/;
// CPT: psychiatry, behavioural assessment and substance-use screening, maternity care, intrauterine devices, drug and
// HIV tests. HCPCS: H codes are behavioural health and substance-use services.
const CPT_RANGES = ranges(`
  59000-59899 58300-58301 58600-58615 58670-58671 55250-55250 58321-58323 58970-58976 80305-80377 86689-86689
  86701-86703 87389-87391 87534-87539 90785-90899 96127-96127 96130-96146 96156-96171 99408-99409 99484-99484
  99492-99494 81025-81025 84702-84704 H0001-H2037 J0571-J0575 J0577-J0578 J1050-J1050 J2315-J2315 J7296-J7307
  S0190-S0191 G0432-G0435 G0442-G0444 G2067-G2080 G2086-G2088`);

const SNOMED = words(`
  86406008 62479008 91947003 111880001 165816005 699433000 40780007 79019005 278977008 31676001 420721002 402916007
  103408004 442537007 697904001
  8098009 15628003 76272004 105629000 33839006 240589008 310861008 165829005 269828009 171128005
  74732009 35489007 370143000 36923009 66344007 310496002 13746004 58214004 69322001 197480006 48694002 47505003
  21897009 371631005 191736004 1376001 33449004 192127007 406506008 35919005 408856003 26929004 52448006 230265002
  56882008 78004001 110359009 6471006 82313006 86849004 287185009 287182007 287193009 287191006 44301001 171207006
  90407005 88848003 183401008 386257007 386522008 228557008 75516001 394913002 394587001 720433000 444175001 58703003
  372767007 391193001 17226007
  7200002 66590003 15167005 191816009 26416006 6525002 5602001 75544000 145121000119106 724713006 1149222004 55680006
  56876005 60112009 61480009 266707007 425741009 228366006 897148007 78267003 37344009 228273003 86933000 219006
  361055000 10939881000119105
  77386006 72892002 47200007 424441002 424619006 134435003 252160004 169762003 169230002 271442007 275833003 225158009
  10383002 714812005 386394001 398254007 198992004 19169002 85116003 156073000 35999006 79586000 236931002 445912000
  609496007 161744009 183460006 31208007 85548006 236974004 177157003 11466000 386216000 22633006 386637004 237001001
  287664005 243077000 169553002 65200003 46706006 22523008 8619003 266599000 83418008 443529005 267253006
  706893006 397940009 248110007 449344001`);

const LOINC = words(`
  44249-1 44250-9 44251-7 44252-5 44253-3 44254-1 44255-8 44258-2 44259-0 44260-8 44261-6 55757-9 55758-7 89204-2
  69737-5 70273-8 70274-6 71354-5 73831-0 73832-8 93246-7 72106-8 89708-7
  72109-2 75624-7 75626-2 68518-0 68519-8 68520-6 82666-9 82667-7 74013-4 11331-6 11343-1 76499-3 76504-0
  3349-8 3377-9 3390-2 3397-7 3426-4 3879-4 3936-2 5706-7 12327-3 14267-9 18390-5 19295-5 19343-3 19359-9 19415-9 19659-2
  5640-8 5643-2 5644-0 5645-7 19270-8
  10901-7 14092-1 16974-8 16976-3 18396-2 21007-0 22356-0 22357-8 22358-6 24012-7 29893-5 30361-0 31201-7 33866-5 35437-3
  40733-8 41145-4 42339-2 42600-7 42768-2 43010-8 43185-8 44533-8 44607-0 44873-8 48345-3 48346-1 49580-4 49718-0 5221-7
  56888-1 58900-2 68961-2 75622-1 75666-8 7917-8 7918-6 7919-4 80387-4 83101-6
  20447-9 25836-8 10351-5 23876-6 29539-4 29541-0 48551-2 59419-2 62469-2 70241-5 24467-3 32518-1 51969-4
  20507-0 20508-8 21415-5 21613-5 43304-5 43305-2 21190-4 21191-2 24111-7 22461-8 22587-0 5292-8 11084-1 24312-1
  19080-1 19180-9 20415-6 20994-0 2106-3 2107-1 2110-5 2111-3 2112-1 2113-9 2114-7 2115-4 2118-8 2119-6 21198-7 25372-4
  25373-2 34670-0 45194-8 55869-2 55870-0 56497-1 80384-1 80385-8 83086-9 93769-8
  82810-3 8665-2 11778-8 11779-6 11780-4 11996-6 11637-6 11638-4 11639-2 11640-0 11612-9 11614-5 49051-6 18185-9
  76690-7 76691-5 86645-9 8659-5 76501-6 76502-4 76503-2`);

// Ingredients; the products made of them are recognised by name.
const RXNORM = words(`
  1819 6813 7243 3554 82819 352364 1431076 351266 351267 2120107 1546773 2183126 1721606 2041831 722971 1721603 617296
  2471641 1433868 617886 352372 105585 300195 117466 276237 195085 719872 68244 11413 190521 85762 460132 343047
  36437 4493 2556 321988 32937 39786 72625 42347 15996 10737 704 7531 6448 51272 61381 35636 89013 115698 2626 5093
  6470 596 3322 2598 39993 1827 6901 38400 700810 135447 4637 6719 6916 6373 4124 6691 11636 14584 1005921
  315952 1091392 608139 310436 997223 313185 1599803 996740 1100184`);

type Test = (code: string) => boolean;

const isIcd10: Test = (code) => ICD10_RANGES(code.slice(0, 3)) || startsWithAny(code, ICD10_PREFIXES);
const isIcd9: Test = (code) => ICD9_RANGES(code.slice(0, 3)) || startsWithAny(code, ICD9_PREFIXES);

// By a part of the system's URI or its OID; national editions (icd-10-cm, icd-10-gm, sct/731000124108) are included.
const SYSTEMS: readonly (readonly [RegExp, Test])[] = [
  [/icd-?11|who\.int\/icd\/release\/11/i, (code) => ICD11.test(code)],
  [/icd-?10|113883\.6\.(3|90|4)$/i, isIcd10],
  [/icd-?9|113883\.6\.(103|42|2)$/i, isIcd9],
  [/snomed|113883\.6\.96$/i, (code) => SNOMED.has(code.split(/[:\s|]/)[0]!)],
  [/loinc|113883\.6\.1$/i, (code) => LOINC.has(code)],
  [/rxnorm|113883\.6\.88$/i, (code) => RXNORM.has(code)],
  [/whocc|\batc\b|113883\.6\.73$/i, (code) => ATC.test(code)],
  [/\/cpt|hcpcs|ama-assn|113883\.6\.(12|14|285)$/i, (code) => CPT_RANGES(code)],
  [/v3[-/](vs\/)?ActCode|113883\.5\.4$/i, (code) => SENSITIVITIES.has(code)],
  [/Confidentiality|113883\.5\.25$/i, (code) => CONFIDENTIALITIES.has(code)],
];

/**
 * True when a code marks specially protected data.
 *
 * A code without a system is held against every list its form fits; one of a system not known here against none, so its
 * words decide.
 */
export function isProtectedCode(system: string | undefined, code: string): boolean {
  const normal = code.trim();
  if (system === undefined) return isProtectedInAnySystem(normal);
  return SYSTEMS.some(([pattern, test]) => pattern.test(system) && test(normal));
}

/** True when a code in `meta.security` or another security label asks for special protection, whatever its system. */
export function isProtectiveLabel(code: string): boolean {
  return SENSITIVITIES.has(code) || CONFIDENTIALITIES.has(code);
}

function isProtectedInAnySystem(code: string): boolean {
  if (/^\d{6,18}$/.test(code)) return SNOMED.has(code);
  if (/^\d{1,6}-\d$/.test(code)) return LOINC.has(code);
  if (/^[A-Z]\d\d[A-Z]{1,2}\d{0,2}$/.test(code)) return ATC.test(code);
  return /^[A-Z]\d[\dA-Z](\.\w{1,4})?$/.test(code) && isIcd10(code);
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

function ranges(text: string): Test {
  const pairs = [...words(text)].map((range) => range.split("-") as [string, string]);
  return (code) => pairs.some(([from, to]) => from <= code && code <= to && code.length === from.length);
}

function startsWithAny(code: string, prefixes: ReadonlySet<string>): boolean {
  // Bills write ICD codes without the dot.
  const undotted = code.replace(".", "");
  return [...prefixes].some((prefix) => undotted.startsWith(prefix.replace(".", "")));
}
