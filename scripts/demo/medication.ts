import * as accreditation from "../../src/accreditation/accreditation.js";
import type { Role } from "../../src/accreditation/role.js";
import { accountOf, type Aceso } from "../../src/aceso.js";
import { expiryOfIsoDate } from "../../src/gs1/date.js";
import { parseEpcis } from "../../src/gs1/epcis/parse.js";
import { affected } from "../../src/medication/affected.js";
import { alerts } from "../../src/medication/alerts.js";
import { hold } from "../../src/medication/condition.js";
import { report, setService } from "../../src/medication/dispense.js";
import { documentDigest } from "../../src/medication/document.js";
import { importEpcis } from "../../src/medication/epcis/import.js";
import { planEpcis } from "../../src/medication/epcis/plan.js";
import { receive, ship, type TradingRole } from "../../src/medication/handover.js";
import { batchId, sgtinLabel, ssccLabel, type Item, type Parcel } from "../../src/medication/item.js";
import { containersLabelled, contentsOf } from "../../src/medication/lineage.js";
import { unpack } from "../../src/medication/parcel.js";
import * as prescriptions from "../../src/medication/prescription.js";
import { authorise } from "../../src/medication/product.js";
import { recall } from "../../src/medication/recall.js";
import { routeBySig, signRoute } from "../../src/medication/route.js";
import { unitOf, type SerialTree } from "../../src/medication/tree.js";
import { trace } from "../../src/medication/trace.js";
import { verify } from "../../src/medication/verify.js";
import {
  CASES,
  EXPIRES_ON,
  GTIN,
  LOT,
  MANUFACTURER,
  packsOf,
  PALLET,
  PRODUCT,
  SHIPPED_ON,
  shipmentDocument,
  WHOLESALER,
} from "./shipment.js";
import { act, chapter, openStage, refused, tell, type Stage } from "./stage.js";

const FAR = expiryOfIsoDate("2030-12-31").expiresAt;

/** A medicine from the factory to a patient, and back on everybody's mind by a recall. */
export async function medication(): Promise<void> {
  const stage = await openStage({ startsOn: new Date(`${SHIPPED_ON}T05:00:00Z`) });
  const people = await everybody(stage);
  const { manufacturer, wholesaler, pharmacy, branch } = people;

  chapter(`9. A manufacturer's EPCIS document becomes ledger calls, on a chain at its date (${SHIPPED_ON})`);
  const tree = await imported(people);

  chapter("10. The pallet travels to a wholesaler and a pharmacy, whatever it holds for the price of one item");
  const [pallet] = await containersLabelled(wholesaler, ssccLabel(PALLET));
  const goods = { items: [pallet!] };
  await act(
    "received by the wholesaler",
    receive(wholesaler, { ...goods, from: accountOf(manufacturer), role: "Distributor" }),
  );
  await handedOver(goods.items, { from: wholesaler, fromRole: "Distributor", to: pharmacy, toRole: "Pharmacy" });
  const cases = (await contentsOf(pharmacy, [pallet!.id])).filter(({ container }) => container === pallet!.id);
  await act(
    "the pharmacy takes three cases off the pallet",
    unpack(pharmacy, { container: pallet!, items: idsIn(cases) }),
  );

  chapter("11. A temperature logger tells that one case got warm: it is held");
  const [warm, good] = await Promise.all(CASES.slice(0, 2).map(async (each) => caseOf(pharmacy, each)));
  const evidence = await documentDigest({ logger: "TL-7", highest: 11.4, unit: "Cel", minutes: 95 });
  await act(
    "hold, with the log's digest",
    hold(pharmacy, { items: [warm!], reason: "temperature excursion", evidence }),
  );
  await scanned("a pack from it", pharmacy, packsOf(0)[0]!, tree);
  const packs = await contentsOf(pharmacy, [good!.id]);
  await act("the packs of another case go on the shelf", unpack(pharmacy, { container: good!, items: idsIn(packs) }));
  const parcel = packs[0]!.item as Parcel;
  const [first] = packsOf(1);
  await scanned("a pack from the shelf", pharmacy, first!, tree);

  chapter("12. A clinician prescribes, the patient chooses the pharmacy, which fills");
  const { patient, doctor } = people;
  const order = { patient: accountOf(patient), product: PRODUCT, doses: 2, validUntil: FAR };
  const issued = await act(
    "prescription for two packs; the chain sees a salted commitment, not the product",
    prescriptions.issue(doctor, { ...order, pharmacy: accountOf(branch) }),
  );
  const slip = issued.result;
  const choice = await signRoute(patient, { prescription: slip.prescription, pharmacy: accountOf(pharmacy) });
  await act("re-routed by a patient without ether, relayed", routeBySig(pharmacy, choice));
  const fill = { ...slip, doses: 1, lot: LOT, parcel, tree, serial: first! };
  await act("one pack filled", prescriptions.fill(pharmacy, fill));

  chapter("13. A second pack with the same serial turns up");
  await refused("the clone is dispensed", () => prescriptions.fill(pharmacy, fill).send());
  await scanned("the clone", branch, first!, tree);
  const clone = { batch: tree.batch, unit: unitOf(tree, first!)!, serial: first!, role: "Pharmacy" } as const;
  const photograph = await documentDigest("photograph of the pack");
  await act("the other pharmacy reports it", report(branch, { ...clone, finding: "duplicate", evidence: photograph }));
  for (const { what, organisation } of (await alerts(people.regulator)).filter(({ what }) => what === "duplicate")) {
    tell(`    the regulator sees: ${what}, reported by ${organisation}`);
  }

  chapter("14. A class I recall reaches the dispensed pack");
  const notice = await documentDigest("Subpotent. Stop dispensing, tell patients.");
  await act(
    "the manufacturer recalls the lot down to the consumer",
    recall(manufacturer, { batch: tree.batch, recallClass: "I", depth: "consumer", notice }),
  );
  const reached = await affected(manufacturer, tree.batch);
  for (const { holder, units } of reached.holders) tell(`    ${units} packs are with ${holder}`);
  for (const { pharmacy: seller, unit } of reached.dispensed) tell(`    pack ${unit} was dispensed by ${seller}`);
  await scanned("the patient's pack", patient, first!, tree);
  await refused("another pack is dispensed", () =>
    prescriptions.fill(pharmacy, { ...fill, serial: packsOf(1)[1]! }).send(),
  );
  const way = await trace(manufacturer, { batch: tree.batch, unit: unitOf(tree, first!)! });
  tell(`the pack's whole way: ${way.map(({ what }) => what).join(" → ")}`);
}

type People = Awaited<ReturnType<typeof everybody>>;

async function everybody(stage: Stage) {
  const accreditor = await stage.deployer();
  const join = async (role: Role): Promise<Aceso> => {
    const aceso = await stage.funded();
    await accreditation.accredit(accreditor, { participant: accountOf(aceso), role, validUntil: FAR }).send();
    return aceso;
  };
  const people = {
    regulator: await join("Regulator"),
    manufacturer: await join("Manufacturer"),
    wholesaler: await join("Distributor"),
    pharmacy: await join("Pharmacy"),
    branch: await join("Pharmacy"),
    doctor: await join("Practitioner"),
    patient: await stage.unfunded(),
  };
  const service = people.pharmacy.deployment.prescriptionRegistry;
  await accreditation
    .accredit(accreditor, { participant: service, role: "PrescriptionService", validUntil: FAR })
    .send();
  for (const seller of [people.pharmacy, people.branch]) await setService(seller, { allowed: true }).send();
  return people;
}

async function imported({ regulator, manufacturer, wholesaler }: People): Promise<SerialTree> {
  const marketed = { manufacturer: accountOf(manufacturer), until: FAR, kind: "drug", coldChain: true } as const;
  await act(
    `a regulator authorises ${PRODUCT}, on prescription only`,
    authorise(regulator, { ...marketed, product: PRODUCT, prescriptionOnly: true }),
  );
  const parties = {
    [MANUFACTURER]: { account: accountOf(manufacturer), role: "Manufacturer" },
    [WHOLESALER]: { account: accountOf(wholesaler), role: "Distributor" },
  };
  const document = parseEpcis(shipmentDocument());
  const plan = planEpcis(document, { parties });
  tell(
    `${document.events.length} EPCIS events are ${plan.steps.length} ledger calls, ${plan.unmapped.length} left over`,
  );
  const { sent, trees } = await importEpcis(() => manufacturer, plan);
  for (const { step, transaction } of sent) {
    const receipt = await manufacturer.provider.getTransactionReceipt(transaction);
    tell(`    ${step.call}`, receipt!.gasUsed);
  }
  return trees.find(({ batch }) => batch === batchId({ product: PRODUCT, lot: LOT }))!;
}

async function handedOver(
  items: readonly Item[],
  { from, fromRole, to, toRole }: { from: Aceso; fromRole: TradingRole; to: Aceso; toRole: TradingRole },
): Promise<void> {
  const document = await documentDigest("delivery note");
  await act("shipped on", ship(from, { items, fromRole, to: accountOf(to), toRole, document }));
  await act("received by the pharmacy", receive(to, { items, from: accountOf(from), role: toRole }));
}

async function caseOf(aceso: Aceso, label: (typeof CASES)[number]) {
  const [found] = await containersLabelled(aceso, sgtinLabel(label));
  return found!;
}

function idsIn(inside: readonly { item: Item }[]): Item[] {
  return inside.map(({ item }) => item);
}

async function scanned(what: string, aceso: Aceso, serial: string, tree: SerialTree): Promise<void> {
  const [year, month, day] = EXPIRES_ON.slice(2).split("-");
  const barcode = `(01)${GTIN}(17)${year}${month}${day}(10)${LOT}(21)${serial}`;
  const answer = await verify(aceso, barcode, { trees: [tree] });
  tell(`${what}, scanned: ${answer.verdict.toUpperCase()}`);
  for (const { message } of answer.findings) tell(`    ${message}`);
}
