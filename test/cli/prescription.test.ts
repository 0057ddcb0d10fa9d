import { stat } from "node:fs/promises";

import { expect } from "chai";

import type { PrescriptionSlip } from "../../src/medication/slip.js";
import { ADDRESSES, atPharmacy, errorIn, jsonIn, signer, type Answer, type CommandLine } from "./commandLine.js";

const { pauper, pharmacy, branch, doctor } = ADDRESSES;
const PACK = "(01)00300010999999(10)A123(21)S3 --tree opioids.tree";
const ISSUE = `prescription issue --patient ${pauper} --product 00300010999999 --doses 3 --until 90d --pharmacy ${pharmacy} --slip slip.json`;

type Slip = PrescriptionSlip & { id: string };
type Shown = { id: string; product: string; filled: number; pharmacy: string; cancelled: boolean };

describe("prescription", () => {
  let cli: CommandLine;

  beforeEach(async () => {
    cli = await atPharmacy();
  });

  const issue = (): Promise<Answer> => cli.done(ISSUE, signer("doctor"));
  const show = async (): Promise<Shown> => jsonIn<Shown>(await cli.done("prescription show --slip slip.json --json"));
  const refused = async (line: string, name: keyof typeof ADDRESSES): Promise<object> => {
    const answer = await cli.run(`${line} --json`, signer(name));
    expect(answer.out).to.equal("");
    return { error: errorIn(answer).error, code: answer.code };
  };
  const isThere = async (name: string): Promise<boolean> =>
    stat(cli.path(name)).then(
      () => true,
      () => false,
    );

  describe("issue", () => {
    it("writes the slip for its owner alone, and tells nobody else what was prescribed", async () => {
      const { out } = await cli.done(`${ISSUE} --json`, signer("doctor"));
      const { opening, prescription, id } = await cli.readJson<Slip>("slip.json");
      expect(opening.product).to.equal("gtin:00300010999999");
      expect(prescription).to.include({ patient: pauper, prescriber: doctor, doses: 3 });
      expect((await stat(cli.path("slip.json"))).mode & 0o777).to.equal(0o600);
      expect(out).to.contain(id).and.not.to.contain(opening.salt).and.not.to.contain("00300010999999");
      expect(await show()).to.include({ id, product: "gtin:00300010999999", filled: 0, pharmacy, cancelled: false });
    });

    it("is done by a prescriber's staff with --as", async () => {
      await cli.done(`accredit member ${ADDRESSES.nurse} --until 1y`, signer("doctor"));
      await cli.done(`${ISSUE} --as ${doctor}`, signer("nurse"));
      expect((await cli.readJson<Slip>("slip.json")).prescription.prescriber).to.equal(doctor);
    });

    it("leaves no slip when refused or with --dry-run, and overwrites none", async () => {
      expect(await refused(ISSUE, "stranger")).to.deep.equal({ error: "PrescriberInvalid", code: 1 });
      await cli.done(`${ISSUE} --dry-run`, signer("doctor"));
      expect(await isThere("slip.json")).to.equal(false);
      await issue();
      expect(await refused(ISSUE, "doctor")).to.deep.equal({ error: "FileExistsError", code: 4 });
    });

    for (const [change, by, error] of [
      ["--doses 3", "--doses 0", "DoseCountError"],
      ["--doses 3", "--doses some", "CountArgumentError"],
      ["00300010999999", "00300010999991", "CheckDigitError"],
      ["--until 90d", "--until soon", "TimeArgumentError"],
      [pauper, "0x12", "AddressArgumentError"],
    ] as const) {
      it(`refuses ${by} as ${error}`, async () => {
        expect(await refused(ISSUE.replace(change, by), "doctor")).to.deep.equal({ error, code: 2 });
        expect(await isThere("slip.json")).to.equal(false);
      });
    }
  });

  it("is shown to people with its doses", async () => {
    await issue();
    const { out } = await cli.done("prescription show --slip slip.json");
    expect(out).to.contain("0 of 3 dispensed").and.to.contain(pharmacy);
    const slip = await cli.readJson<Slip>("slip.json");
    await cli.write("other.json", { ...slip, prescription: { ...slip.prescription, doses: 4 } });
    expect(await refused("prescription show --slip other.json", "patient")).to.deep.equal({
      error: "PrescriptionNotIssuedError",
      code: 2,
    });
  });

  it("is routed by a patient without ether, by a message that counts once", async () => {
    await issue();
    const line = `prescription route --slip slip.json --pharmacy ${branch}`;
    expect((await cli.run(line, signer("pauper"))).err).to.contain("InsufficientFundsError");
    await cli.done(`${line} --sign route.json`, signer("pauper"));
    expect(await cli.read("route.json")).not.to.contain("00300010999999");
    const told = jsonIn<object>(await cli.done("relay route.json --json", signer("relayer")));
    expect(told).to.include({ type: "RoutePrescription", signer: pauper });
    expect(await show()).to.include({ pharmacy: branch });
    expect(await refused("relay route.json", "relayer")).to.deep.equal({ error: "SignatureInvalid", code: 1 });
  });

  it("is relayed only with the whole prescription", async () => {
    await issue();
    await cli.done(`prescription route --slip slip.json --pharmacy ${branch} --sign route.json`, signer("pauper"));
    const signed = await cli.readJson<{ prescription: object }>("route.json");
    await cli.write("part.json", { ...signed, prescription: { ...signed.prescription, doses: -1 } });
    expect(await refused("relay part.json", "relayer")).to.deep.equal({
      error: "SignedMessageMalformedError",
      code: 2,
    });
  });

  it("is routed by the patient with ether in one step", async () => {
    await cli.done(ISSUE.replace(pauper, ADDRESSES.patient), signer("doctor"));
    await cli.done(`prescription route --slip slip.json --pharmacy ${branch}`, signer("patient"));
    expect(await show()).to.include({ pharmacy: branch });
  });

  it("is filled by barcode, and the pack that was not collected comes back", async () => {
    await issue();
    const fill = `prescription fill ${PACK} --slip slip.json --doses 2`;
    const { out } = await cli.done(fill, signer("clerk"));
    expect(out).to.contain("unit 3 of 00300010999999/A123#0+20 for 2");
    expect(await show()).to.include({ filled: 2 });
    expect(await refused(fill.replace("S3", "S4"), "pharmacy")).to.deep.equal({ error: "PrescriptionSpent", code: 1 });
    await cli.done(`${fill.replace("fill", "return")} --as ${pharmacy}`, signer("clerk"));
    expect(await show()).to.include({ filled: 0 });
  });

  it("is filled from a parcel, with the serial number typed", async () => {
    await issue();
    const line =
      "prescription fill 00300010999999/A123#0+20 --serial S5 --tree opioids.tree --slip slip.json --doses 3";
    await cli.done(line, signer("pharmacy"));
    expect(await show()).to.include({ filled: 3 });
  });

  it("is not filled once the pharmacy takes its stock back from the registry", async () => {
    await issue();
    const fill = `prescription fill ${PACK} --slip slip.json --doses 1`;
    await cli.done("prescription service --remove", signer("pharmacy"));
    expect(await refused(fill, "pharmacy")).to.deep.equal({ error: "ServiceInvalid", code: 1 });
    await cli.done("prescription service", signer("pharmacy"));
    await cli.done(fill, signer("pharmacy"));
  });

  it("is not filled with an altered slip", async () => {
    await issue();
    const slip = await cli.readJson<Slip>("slip.json");
    await cli.write("altered.json", { ...slip, opening: { ...slip.opening, product: "gtin:00300010123455" } });
    const line = `prescription fill ${PACK} --slip altered.json --doses 1`;
    expect(await refused(line, "pharmacy")).to.deep.equal({ error: "WrongOpeningError", code: 2 });
    await cli.write("none.json", "{}");
    const none = line.replace("altered", "none");
    expect(await refused(none, "pharmacy")).to.deep.equal({ error: "MalformedSlipError", code: 2 });
    expect(await refused(line.replace("altered", "missing"), "pharmacy")).to.include({ error: "InputFileError" });
  });

  it("is cancelled by the prescriber", async () => {
    await issue();
    await cli.done("prescription cancel --slip slip.json", signer("doctor"));
    expect(await show()).to.include({ cancelled: true });
    expect((await cli.done("prescription show --slip slip.json")).out).to.contain(", cancelled");
  });
});
