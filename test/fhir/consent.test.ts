import { expect } from "chai";
import fc from "fast-check";
import type { Consent } from "fhir/r4.js";
import { DATA_CATEGORIES } from "../../src/consent/category.js";
import { BREAK_THE_GLASS, PURPOSES } from "../../src/consent/purpose.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { DATA_CATEGORY_SYSTEM } from "../../src/fhir/account.js";
import { consentOf, ConsentNotExpressibleError, termsOf, type ConsentParts } from "../../src/fhir/consent.js";
import { YearOutOfRangeError } from "../../src/fhir/time.js";
import { example, examplesOf } from "./examples.js";

const ZERO: Hex = `0x${"00".repeat(32)}`;
const POLICY: Hex = `0x${"a1".repeat(32)}`;
const ACCOUNT = "did:pkh:eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
const PARTS: ConsentParts = {
  patient: "Patient/example",
  grantee: ACCOUNT,
  policy: ZERO,
  terms: { purposes: ["TREAT"], categories: ["laboratory"], validUntil: 1_800_000_000 },
};
const GOOD = consentOf(PARTS);

function reasonsOf(consent: Consent): string[] {
  try {
    termsOf(consent);
  } catch (error) {
    expect(error).to.be.instanceOf(ConsentNotExpressibleError);
    return (error as ConsentNotExpressibleError).reasons.map(({ path }) => path.replace("Consent.", ""));
  }
  return [];
}

const withProvision = (more: object): Consent => ({ ...GOOD, provision: { ...GOOD.provision, ...more } }) as Consent;
const without = (name: string): Consent => {
  const { [name as "period"]: _, ...provision } = GOOD.provision!;
  return { ...GOOD, provision };
};
const concept = (code: string, system = "http://example.org") => ({ coding: [{ system, code }] });

// What stands against each of HL7's example Consents: none of them is expressible.
const NO_TERMS = ["provision.purpose", "provision.class"];
const HL7: Record<string, string[]> = {
  Emergency: [
    "policyRule",
    "provision.provision[0]",
    "provision.actor[0].role",
    "provision.class",
    "provision.period.end",
  ],
  Out: ["policyRule", "provision.actor[0].role", ...NO_TERMS, "provision.period.end"],
  basic: ["provision.actor", ...NO_TERMS],
  grantor: ["policyRule", "provision.actor[0].role", ...NO_TERMS, "provision.period.end"],
  notAuthor: ["provision.actor[0].role", ...NO_TERMS, "provision.period.end"],
  notOrg: ["provision.type", "provision.action[1]", ...NO_TERMS, "provision.period.end"],
  notThem: ["provision.action[1]", ...NO_TERMS, "provision.period.end"],
  notThis: ["provision.data", "provision.actor", ...NO_TERMS, "provision.period.end"],
  notTime: ["provision.actor", ...NO_TERMS],
  pkb: [
    "policyRule",
    "provision.securityLabel",
    ...Array.from({ length: 11 }, (_, i) => `provision.provision[${i}]`),
    ...NO_TERMS,
    "provision.period.end",
  ],
  signature: ["provision.provision[0]", ...NO_TERMS],
  smartonfhir: ["provision.provision[0]", "provision.actor", ...NO_TERMS],
};

describe("termsOf", () => {
  it("knows every example Consent of HL7's", () => {
    expect(Object.keys(HL7).map((name) => `Consent-consent-example-${name}`)).to.have.members(examplesOf("Consent"));
  });

  for (const [name, paths] of Object.entries(HL7)) {
    it(`refuses HL7's ${name} for all its reasons at once`, () => {
      expect(reasonsOf(example<Consent>(`Consent-consent-example-${name}`))).to.deep.equal(paths);
    });
  }

  it("takes HL7's signature example once its nested rule and gaps are gone", () => {
    const { provision, ...frame } = example<Consent>("Consent-consent-example-signature");
    const consent: Consent = {
      ...frame,
      provision: {
        period: provision!.period,
        actor: provision!.actor,
        purpose: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "HRESCH" }],
        class: [{ system: "http://hl7.org/fhir/resource-types", code: "MedicationRequest" }],
      },
    };
    const { terms, grantees, patient, policyDocument } = termsOf(consent);
    expect(terms).to.deep.equal({
      purposes: ["HRESCH"],
      categories: ["medications"],
      validFrom: Date.UTC(2015, 9, 10) / 1000,
      validUntil: Date.UTC(2016, 9, 11) / 1000,
    });
    expect([grantees, patient]).to.deep.equal([["Practitioner/13"], "Patient/72"]);
    expect(JSON.parse(policyDocument)).to.deep.equal(consent);
  });

  it("gives the same policy document whatever the order of keys", () => {
    const reordered = Object.fromEntries(Object.entries(GOOD).reverse()) as unknown as Consent;
    expect(termsOf(reordered).policyDocument).to.equal(termsOf(GOOD).policyDocument);
  });

  it("names each recipient once, by reference, URI or system and value", () => {
    const role = concept("PRCP");
    const actor = [
      { role, reference: { reference: "Organization/f001" } },
      { role, reference: { reference: "Organization/f001" } },
      { role, reference: { identifier: { system: "urn:ietf:rfc:3986", value: ACCOUNT } } },
      { role, reference: { identifier: { system: "http://hl7.org/fhir/sid/us-npi", value: "12" } } },
    ];
    const npi = "http://hl7.org/fhir/sid/us-npi|12";
    expect(termsOf(withProvision({ actor })).grantees).to.deep.equal(["Organization/f001", ACCOUNT, npi]);
  });

  it("takes categories named as codes, and types that belong to one category", () => {
    const classes = [
      { system: DATA_CATEGORY_SYSTEM, code: "restricted" },
      { system: "http://hl7.org/fhir/resource-types", code: "Immunization" },
    ];
    const code = [concept("imaging", DATA_CATEGORY_SYSTEM), concept("restricted", DATA_CATEGORY_SYSTEM)];
    const { terms } = termsOf(withProvision({ class: classes, code }));
    expect(terms.categories).to.deep.equal(["restricted", "immunizations", "imaging"]);
  });

  it("takes the actions access, use and collect", () => {
    const action = ["access", "use", "collect"].map((code) => concept(code));
    expect(reasonsOf(withProvision({ action }))).to.be.empty;
  });

  it("takes a rule without type where the policy opts in", () => {
    expect(reasonsOf(without("type"))).to.be.empty;
  });

  const REFUSED: [string, Consent, string][] = [
    ["a status that is not active", { ...GOOD, status: "draft" }, "status"],
    ["a scope that is not about data", { ...GOOD, scope: concept("treatment") }, "scope"],
    ["implicit rules", { ...GOOD, implicitRules: "http://example.org" }, "implicitRules"],
    ["a modifier extension", { ...GOOD, modifierExtension: [{ url: "x" }] }, "modifierExtension"],
    ["an element of another FHIR version", { ...GOOD, except: [] } as unknown as Consent, "except"],
    ["no provision", { ...GOOD, provision: undefined } as Consent, "provision"],
    ["no patient", { ...GOOD, patient: undefined } as Consent, "patient"],
    ["a patient without reference", { ...GOOD, patient: { display: "Ann" } }, "patient"],
    ["a denial", withProvision({ type: "deny" }), "provision.type"],
    ["no type and no policy that opts in", { ...without("type"), policyRule: concept("OPTOUT") }, "policyRule"],
    ["an unknown element of the rule", withProvision({ decision: "deny" }), "provision.decision"],
    [
      "a modifier extension of the rule",
      withProvision({ modifierExtension: [{ url: "x" }] }),
      "provision.modifierExtension",
    ],
    ["the action disclose", withProvision({ action: [concept("access"), concept("disclose")] }), "provision.action[1]"],
    ["an action without a code", withProvision({ action: [{ text: "all" }] }), "provision.action[0]"],
    ["a limit by security label", withProvision({ securityLabel: [{ code: "N" }] }), "provision.securityLabel"],
    ["a limit to codes", withProvision({ code: [concept("34133-9", "http://loinc.org")] }), "provision.code[0]"],
    ["a limit by date of the data", withProvision({ dataPeriod: { start: "2020" } }), "provision.dataPeriod"],
    ["a limit to resources", withProvision({ data: [{ meaning: "instance", reference: {} }] }), "provision.data"],
    ["a nested rule", withProvision({ provision: [{ type: "permit" }] }), "provision.provision[0]"],
    ["a nested denial of a person", withProvision({ provision: [{ type: "deny" }] }), "provision.provision[0]"],
    ["no recipient", without("actor"), "provision.actor"],
    [
      "a recipient nobody can find",
      withProvision({ actor: [{ role: concept("PRCP"), reference: { display: "x" } }] }),
      "provision.actor[0].reference",
    ],
    [
      "an author",
      withProvision({ actor: [{ role: concept("AUT"), reference: { reference: "Practitioner/1" } }] }),
      "provision.actor[0].role",
    ],
    [
      "a changed recipient",
      withProvision({ actor: [{ ...GOOD.provision!.actor![0]!, modifierExtension: [{ url: "x" }] }] }),
      "provision.actor[0].modifierExtension",
    ],
    ["no purpose", without("purpose"), "provision.purpose"],
    [
      "a purpose of another system",
      withProvision({ purpose: [{ system: "http://example.org", code: "TREAT" }] }),
      "provision.purpose[0]",
    ],
    [
      "a purpose unknown to HL7",
      withProvision({ purpose: [{ ...GOOD.provision!.purpose![0], code: "FUN" }] }),
      "provision.purpose[0]",
    ],
    [
      "breaking the glass",
      withProvision({ purpose: [{ ...GOOD.provision!.purpose![0], code: "BTG" }] }),
      "provision.purpose[0]",
    ],
    ["no class", without("class"), "provision.class"],
    [
      "a class of a kind unknown here",
      withProvision({ class: [{ system: "urn:ietf:bcp:13", code: "text/xml" }] }),
      "provision.class[0]",
    ],
    [
      "a category that is none",
      withProvision({ class: [{ system: DATA_CATEGORY_SYSTEM, code: "all" }] }),
      "provision.class[0]",
    ],
    [
      "a type that spans categories",
      withProvision({ class: [{ system: "http://hl7.org/fhir/resource-types", code: "Observation" }] }),
      "provision.class[0]",
    ],
    [
      "a type that is no patient data",
      withProvision({ class: [{ system: "http://hl7.org/fhir/resource-types", code: "ValueSet" }] }),
      "provision.class[0]",
    ],
    ["no period", without("period"), "provision.period.end"],
    ["an end that is no date", withProvision({ period: { end: "2021-02-30" } }), "provision.period.end"],
    ["a start that is no date", withProvision({ period: { start: "soon", end: "2021" } }), "provision.period.start"],
    ["an end before the start", withProvision({ period: { start: "2022", end: "2021" } }), "provision.period"],
  ];
  for (const [what, consent, path] of REFUSED) {
    it(`refuses ${what}, by name`, () => {
      expect(reasonsOf(consent)).to.deep.equal(consent.provision ? [path] : reasonsOf(consent));
      expect(reasonsOf(consent)).to.include(path);
    });
  }

  it("names no patient and no recipient in the error", () => {
    const actor = [{ role: concept("AUT"), reference: { reference: "Practitioner/secret" } }];
    expect(() => termsOf({ ...withProvision({ actor }), patient: { display: "Ann Secret" } }))
      .to.throw(ConsentNotExpressibleError)
      .that.satisfies(({ message }: Error) => !/secret/i.test(message));
  });
});

describe("consentOf", () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  const terms = fc
    .record(
      {
        purposes: fc.subarray(
          PURPOSES.filter((code) => code !== BREAK_THE_GLASS),
          { minLength: 1 },
        ),
        categories: fc.subarray([...DATA_CATEGORIES], { minLength: 1 }),
        validFrom: seconds,
        length: fc.integer({ min: 1, max: 4_000_000_000 }),
      },
      { requiredKeys: ["purposes", "categories", "length"] },
    )
    .map(({ length, ...terms }) => ({ ...terms, validUntil: (terms.validFrom ?? 0) + length }));
  const party = fc.constantFrom("Patient/1", ACCOUNT, "http://a/Patient/1", "urn:uuid:7", "http://sid|12", "|9");

  it("says terms so that termsOf gives them back", () => {
    fc.assert(
      fc.property(party, party, terms, fc.constantFrom(ZERO, POLICY), (patient, grantee, terms, policy) => {
        const back = termsOf(consentOf({ patient, grantee, policy, terms }));
        expect(back.terms).to.deep.equal(terms);
        expect([back.patient, back.grantees]).to.deep.equal([patient, [grantee]]);
      }),
    );
  });

  it("writes an active permit without extensions, ending with the last second covered", () => {
    expect(consentOf({ ...PARTS, policy: POLICY, dateTime: "2026-01-01" })).to.deep.equal({
      resourceType: "Consent",
      status: "active",
      scope: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/consentscope", code: "patient-privacy" }] },
      category: [{ coding: [{ system: "http://loinc.org", code: "59284-0", display: "Patient Consent" }] }],
      patient: { reference: "Patient/example" },
      dateTime: "2026-01-01",
      policy: [{ uri: `urn:aceso:policy:${POLICY}` }],
      policyRule: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "OPTIN" }] },
      provision: {
        type: "permit",
        period: { end: "2027-01-15T07:59:59Z" },
        actor: [
          {
            role: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code: "IRCP" }] },
            reference: { identifier: { system: "urn:ietf:rfc:3986", value: ACCOUNT } },
          },
        ],
        purpose: [
          { system: "http://terminology.hl7.org/CodeSystem/v3-ActReason", code: "TREAT", display: "treatment" },
        ],
        class: [{ system: "urn:aceso:data-category", code: "laboratory" }],
      },
    });
  });

  it("names no policy where there is none", () => {
    expect(GOOD).not.to.have.property("policy");
  });

  it("refuses times FHIR cannot write", () => {
    const terms = { ...PARTS.terms, validUntil: 2 ** 40 - 1 };
    expect(() => consentOf({ ...PARTS, terms })).to.throw(YearOutOfRangeError);
  });
});
