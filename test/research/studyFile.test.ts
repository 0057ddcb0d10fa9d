import { expect } from "chai";
import fc from "fast-check";

import { dateTimeOf } from "../../src/fhir/time.js";
import type { FormProblem } from "../../src/form/form.js";
import { NotStudyJsonError, readStudyFile, StudyFileError, studyFileFrom } from "../../src/research/studyFile.js";
import { decimalOf } from "../../src/token/amount.js";
import { changed, STEWARD, studyFile, TOKEN } from "./studies.js";

function problemsIn(file: unknown): readonly FormProblem[] {
  try {
    readStudyFile(file);
  } catch (error) {
    expect(error).to.be.instanceOf(StudyFileError);
    return (error as StudyFileError).problems;
  }
  return [];
}

/** That these places, and no other, are wrong, each with a problem that says this. */
function expectProblems(file: unknown, expected: Record<string, string>): void {
  const problems = problemsIn(file);
  expect(problems.map(({ path }) => path).sort()).to.deep.equal(Object.keys(expected).sort());
  for (const { path, problem } of problems) expect(problem, path).to.match(new RegExp(expected[path]!));
}

describe("readStudyFile", () => {
  it("reads terms as the contract takes them, and what stays off chain", () => {
    const draft = readStudyFile(changed(["/steward", STEWARD.toLowerCase()]));
    const file = studyFile();
    expect(draft).to.deep.equal({
      registration: "NCT01234567",
      title: "Blood pressure at home",
      decimals: 6,
      milestones: file.milestones,
      criteria: file.criteria,
      consentForm: `0x${"ab".repeat(32)}`,
      protocol: file.protocol,
      terms: {
        steward: STEWARD,
        purpose: 40n,
        categories: 0b1100000n,
        enrolUntil: BigInt(Date.UTC(2027, 5, 30) / 1000),
        token: TOKEN,
        reward: 25_000_000n,
        milestoneReward: 40_000_000n,
        cap: 200_000_000n,
        capacity: 120n,
        milestones: 2n,
        endsAt: BigInt(Date.UTC(2027, 11, 31, 16) / 1000),
        refundAt: BigInt(Date.UTC(2028, 1, 1) / 1000),
        resultsDue: BigInt(Date.UTC(2028, 11, 31) / 1000),
      },
    });
  });

  it("reads text as it reads what it stands for, with a byte order mark or without", () => {
    const text = JSON.stringify(studyFile());
    expect(readStudyFile(text)).to.deep.equal(readStudyFile(studyFile()));
    expect(readStudyFile(`\uFEFF${text}`)).to.deep.equal(readStudyFile(studyFile()));
  });

  it("takes the number of any registry", () => {
    for (const registration of ["2022-500000-00-00", "ISRCTN12345678", "U1111-1234-5678", "X", "a".repeat(32)]) {
      expect(readStudyFile(changed(["/registration", registration])).registration).to.equal(registration);
    }
    for (const registration of ["", " NCT01234567", "NCT01234567 ", "NCT\n1", "Étude 5", "a".repeat(33), 5]) {
      expectProblems(changed(["/registration", registration]), { "/registration": "^must be its number in a public" });
    }
  });

  it("refuses text that is no JSON, and what is no object", () => {
    for (const text of ["", "{", "title: It"]) expect(() => readStudyFile(text), text).to.throw(NotStudyJsonError);
    for (const file of [null, 5, [], "[]"]) expectProblems(file, { "": "^must be a study: an object$" });
  });

  it("names everything that is missing, and what to write there", () => {
    expectProblems({}, Object.fromEntries(Object.keys(studyFile()).map((name) => [`/${name}`, "^is missing: write "])));
    expectProblems(changed(["/rewards/cap", undefined], ["/protocol/analysisPlan", undefined]), {
      "/rewards/cap": 'write an amount as text, such as "125.00"$',
      "/protocol/analysisPlan": "write a document's sha-256 digest",
    });
  });

  it("names what does not belong, and lists all wrong places at once", () => {
    const wrong = changed(["/salt", "0x00"], ["/title", ""], ["/capacity", 0], ["/purpose", "BTG"]);
    expectProblems(wrong, {
      "/salt": "^does not belong there: remove it, or write one of registration,",
      "/title": "^must be the study's title, in words$",
      "/capacity": "from 1 to 16777215$",
      "/purpose": 'never "BTG"$',
    });
    expect(new StudyFileError(problemsIn(wrong)).message).to.match(/^The study file cannot be used: \/salt.*BTG".*\.$/);
  });

  it("refuses every member of another form", () => {
    for (const [path, value, problem] of [
      ["/steward", "0x12", "^must be the address of the investigator"],
      ["/steward", `0x${"0".repeat(40)}`, "^must be the address"],
      ["/steward", STEWARD.replace("0x5aA", "0x5AA"), "^has a wrong checksum"],
      ["/token", `0x${"0".repeat(40)}`, "not all zero$"],
      ["/token", STEWARD.replace("0x5aA", "0x5AA"), "^has a wrong checksum"],
      ["/purpose", ["CLINTRCH"], "^must be one purpose"],
      ["/purpose", "RESEARCH", "^must be one purpose"],
      ["/categories", [], "^must be a list of data categories"],
      ["/categories", ["laboratory", "laboratory"], "each once"],
      ["/categories/0", "labs", "^must be one of demographics"],
      ["/decimals", 256, "^must be the token's decimals"],
      ["/rewards/contribution", 25, "^must be an amount as text"],
      ["/rewards/contribution", "-25", "^must be an amount as text"],
      ["/rewards/contribution", "1e2", "^must be an amount as text"],
      ["/rewards/contribution", "1,000", "^must be an amount as text"],
      ["/capacity", "120", "^must be how many"],
      ["/capacity", 2 ** 24, "to 16777215$"],
      ["/capacity", 1.5, "^must be how many"],
      ["/milestones", Array.from({ length: 33 }, (_, at) => `Visit ${at}`), "at most 32"],
      ["/milestones", ["Visit", "Visit"], "each once$"],
      ["/milestones/0", " ", "^must be what is reached"],
      ["/enrolUntil", "30 June 2027", "^must be a day such as"],
      ["/enrolUntil", "2027-06", "^must be a day such as"],
      ["/enrolUntil", "2027-02-30", "^is no day or time since 1970"],
      ["/enrolUntil", "2027-06-30T17:00", "^is no day or time"],
      ["/enrolUntil", "1969-12-31", "^is no day or time since 1970"],
      ["/resultsDue", 1_900_000_000, "^must be a day such as"],
      ["/resultsDue", "2028-13-01", "^is no day or time"],
      ["/consentForm", `0x${"0".repeat(64)}`, "not all zero$"],
      ["/consentForm", "form.pdf", "^must be a document's sha-256 digest"],
      ["/protocol/document", `0x${"c".repeat(63)}`, "^must be a document's sha-256 digest"],
      ["/criteria", "adults", "^must be a list of at most 50 criteria$"],
    ] as const) {
      expectProblems(changed([path, value]), { [path]: problem });
    }
  });

  it("refuses a reward above the cap, a cap of zero, and what the contract cannot hold", () => {
    expectProblems(changed(["/rewards/contribution", "200.000001"]), {
      "/rewards/contribution": "^is above /rewards/cap",
    });
    expectProblems(changed(["/rewards/milestone", "200.01"]), { "/rewards/milestone": "^is above /rewards/cap" });
    expectProblems(changed(["/rewards", { contribution: "0", milestone: "0", cap: "0.00" }]), {
      "/rewards/cap": "^is zero",
    });
    expectProblems(changed(["/rewards/cap", "99999999999999999999999999"]), { "/rewards/cap": "^is more than" });
    expectProblems(changed(["/rewards/cap", "200.0000001"]), { "/rewards/cap": "^has more places than" });
    expectProblems(changed(["/rewards/cap", "200.0000000"]), {});
    expectProblems(changed(["/milestones", []]), { "/rewards/milestone": "^is for no milestone" });
    expectProblems(changed(["/milestones", []], ["/rewards/milestone", "0"]), {});
  });

  it("lets the cap of all participants be all the contract holds, and no unit more", () => {
    const most = 2n ** 96n - 1n;
    for (const capacity of [1, 3, 2 ** 24 - 1]) {
      const cap = (units: bigint) => changed(["/capacity", capacity], ["/rewards/cap", decimalOf(units, 6)]);
      expectProblems(cap(most / BigInt(capacity)), {});
      const problem = capacity === 1 ? "^is more than the contracts hold" : "^times /capacity is more than";
      expectProblems(cap(most / BigInt(capacity) + 1n), { "/rewards/cap": problem });
    }
  });

  it("asks for times in order, the results after the end", () => {
    expectProblems(changed(["/endsAt", "2027-06-29"]), { "/endsAt": "^is before /enrolUntil" });
    expectProblems(changed(["/refundAt", "2027-12-31T15:59:59Z"]), { "/refundAt": "^is before /endsAt" });
    expectProblems(changed(["/resultsDue", "2027-12-31T16:00:00Z"]), { "/resultsDue": "^is not after /endsAt" });
    const day = "2027-06-30";
    expectProblems(changed(["/endsAt", day], ["/refundAt", day], ["/resultsDue", "2027-07-01"]), {});
  });

  it("says where in the criteria something is wrong", () => {
    expectProblems(
      changed(["/criteria/1", { text: "Open", fhirPath: "Condition.repeat(a)" }], ["/criteria/0/age/min", 80]),
      {
        "/criteria/1/fhirPath": "^uses repeat\\(\\), which is not allowed",
        "/criteria/0/age/min": "^is above max",
      },
    );
  });
});

describe("studyFileFrom", () => {
  it("writes the file that reads as the same draft", () => {
    const time = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 4, maxLength: 4 }),
        fc.bigInt(1n, 10n ** 20n),
        fc.nat(18),
        (times, cap, decimals) => {
          const [enrolUntil, endsAt, refundAt, resultsDue] = times
            .sort((a, b) => a - b)
            .map((each, at) => dateTimeOf(each + at));
          const rewards = {
            contribution: decimalOf(cap / 3n, decimals),
            milestone: "0",
            cap: decimalOf(cap, decimals),
          };
          const draft = readStudyFile({ ...studyFile(), enrolUntil, endsAt, refundAt, resultsDue, rewards, decimals });
          expect(readStudyFile(JSON.stringify(studyFileFrom(draft)))).to.deep.equal(draft);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("is the same however the file was written", () => {
    const other = changed(
      ["/rewards/cap", "200"],
      ["/endsAt", "2027-12-31T16:00:00Z"],
      ["/steward", STEWARD.toLowerCase()],
      ["/categories", ["vitalSigns", "laboratory"]],
    );
    expect(studyFileFrom(readStudyFile(other))).to.deep.equal(studyFileFrom(readStudyFile(studyFile())));
  });
});
