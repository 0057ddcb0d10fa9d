import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { manifestDigest, type DatasetManifest } from "../../../src/research/dataset.js";
import { actor, ADDRESSES, jsonIn, signer } from "../commandLine.js";
import { ANNOUNCED, participating, refusal, type StudyLine } from "./studies.js";

const { pauper } = ADDRESSES;

describe("dataset export", () => {
  let cli: StudyLine;

  const exporting = (options = "") => cli.run(`dataset export ${ANNOUNCED} --out made${options}`, actor("steward"));

  beforeEach(async () => {
    cli = await participating();
  });

  const contribute = async (): Promise<void> => {
    await cli.done(`study contribute ${ANNOUNCED} --sign contributions.json`, actor("pauper"));
    await cli.done("relay contributions.json", signer("relayer"));
  };

  it("writes a file a participant and a manifest whose digest it anchors, and names nobody", async () => {
    await contribute();
    const told = jsonIn<{ digest: string; manifest: DatasetManifest }>(await exporting(" --json"));
    const names = await readdir(cli.path("made"));
    expect(names).to.have.length(2).and.to.include("manifest.json");
    const manifest = await cli.readJson<DatasetManifest>(join("made", "manifest.json"));
    expect(await manifestDigest(manifest)).to.equal(told.digest);
    expect(Object.keys(manifest.files)).to.deep.equal(names.filter((name) => name !== "manifest.json"));
    const [anchored] = await cli.house.studies.queryFilter(cli.house.studies.filters.DatasetAnchored(cli.id));
    expect(anchored!.args.manifest).to.equal(told.digest);
    const written = await Promise.all(names.map((name) => readFile(cli.path(join("made", name)), "utf8")));
    expect(written.join().toLowerCase()).not.to.contain(pauper.toLowerCase());
  });

  it("tells what is in it, and how anonymous it is", async () => {
    await contribute();
    const { err, code } = await exporting();
    expect(code).to.equal(0);
    expect(err).to.contain("Of 1 participant: 1 Observation").and.to.contain("k-anonymity 1");
  });

  it("leaves no folder when there is nothing to open", async () => {
    expect(refusal(await exporting(" --json"))).to.deep.equal({ code: 1, error: "NothingContributedError" });
    expect(await readdir(cli.folder)).not.to.include("made");
  });

  it("overwrites no folder", async () => {
    await contribute();
    await exporting();
    expect(refusal(await exporting(" --json"))).to.deep.equal({ code: 4, error: "FileExistsError" });
  });

  it("is anchored later where that failed, as long as it is what was exported", async () => {
    await contribute();
    const { digest } = jsonIn<{ digest: string }>(await exporting(" --json"));
    const anchoring = () => cli.run(`dataset anchor ${ANNOUNCED} made --json`, signer("steward"));
    expect(jsonIn(await anchoring())).to.include({ digest, folder: "made" });
    const [name] = (await readdir(cli.path("made"))).filter((file) => file !== "manifest.json");
    await cli.write(join("made", name!), "changed");
    expect(refusal(await anchoring())).to.deep.equal({ code: 2, error: "DatasetChangedError" });
    await cli.write(join("made", "manifest.json"), { study: "another" });
    expect(refusal(await anchoring())).to.deep.equal({ code: 2, error: "OtherDatasetError" });
  });

  it("is for the steward", async () => {
    await contribute();
    const answer = await cli.run(`dataset export ${ANNOUNCED} --out made --json`, actor("hospital"));
    expect(answer.code).to.equal(1);
    expect(await readdir(cli.folder)).not.to.include("made");
  });
});
