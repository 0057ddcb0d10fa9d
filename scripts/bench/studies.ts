/**
 * Studies for the bench: one that is approved and funded, people who consented, and records a hospital anchored.
 *
 * @module
 */
import { AbiCoder, keccak256, MaxUint256, type TypedDataField } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { categoryMask } from "../../src/consent/category.js";
import { purposeBit } from "../../src/consent/purpose.js";
import type { Address } from "../../src/crypto/address.js";
import { ENROL } from "../../src/research/messages.js";
import { participant, staffOf, type Bench } from "./bench.js";
import { ALL_CATEGORIES, ALL_PURPOSES, denseAddress, denseBytes, denseWallet, FAR, isDense } from "./hardInputs.js";
import type { Call } from "./operation.js";

const PLENTY = 10n ** 26n;
const REWARD = 0x11_11_11_11_11_11_11n;
const LABORATORY = categoryMask(["laboratory"]);

const coder = AbiCoder.defaultAbiCoder();

/** A funded study: its sponsor, a nurse of its steward's staff, and the calls of its participants, relayed. */
export async function research(bench: Bench) {
  const { contracts, send } = bench;
  const { studies, token, consents, records, accreditation } = contracts;
  const sponsor = await participant(bench, "Researcher");
  const board = await participant(bench, "EthicsBoard");
  const steward = denseAddress();
  const nurse = await staffOf(bench, steward);
  const investigator = denseWallet();
  const staff = accreditation.interface.encodeFunctionData("setMember", [investigator.address, FAR]);
  await send({ from: steward, to: accreditation.target as Address, data: staff });
  const hospital = await participant(bench, "Provider");
  const mint = token.interface.encodeFunctionData("mint", [sponsor, PLENTY]);
  await send({ from: bench.accreditor, to: token.target as Address, data: mint });
  for (const spender of [studies.target, contracts.distributor.target]) {
    const approve = token.interface.encodeFunctionData("approve", [spender, MaxUint256]);
    await send({ from: sponsor, to: token.target as Address, data: approve });
  }

  const key = { sponsor, registration: denseBytes(32) };
  const study = keccak256(coder.encode(["address", "bytes32"], [key.sponsor, key.registration]));
  const form = denseBytes(32);
  const terms = {
    steward,
    purpose: purposeBit("CLINTRCH"),
    categories: ALL_CATEGORIES,
    enrolUntil: FAR,
    form,
    protocol: denseBytes(32),
    token: token.target as string,
    reward: REWARD,
    milestoneReward: REWARD,
    cap: REWARD * 100n,
    capacity: 1_000_000,
    milestones: 32,
    endsAt: FAR,
    refundAt: FAR,
    resultsDue: FAR,
  };
  const { interface: abi } = studies;
  const to = studies.target as Address;
  await send({ from: sponsor, to, data: abi.encodeFunctionData("propose", [key, terms]) });
  const hash = await studies.proposedHashOf(study);
  await send({ from: board, to, data: abi.encodeFunctionData("approve", [study, board, hash, FAR]) });
  const needed = terms.cap * BigInt(terms.capacity);
  const fund = studies.interface.encodeFunctionData("fund", [study, needed]);
  await send({ from: sponsor, to: studies.target as Address, data: fund });

  const { name, version, chainId, verifyingContract } = await studies.eip712Domain();
  /** Enrolling somebody who consented, relayed. */
  const enrolment = async (person: Address): Promise<Call> => {
    const consented = consents.interface.encodeFunctionData("grant", [
      person,
      steward,
      form,
      { purposes: ALL_PURPOSES, categories: ALL_CATEGORIES, validFrom: 0, validUntil: FAR },
    ]);
    await send({ from: person, to: consents.target as Address, data: consented });
    const signature = await investigator.signTypedData(
      { name, version, chainId, verifyingContract },
      ENROL as Record<string, TypedDataField[]>,
      { study, participant: person, form, deadline: FAR },
    );
    if (!isDense(signature)) return enrolment(denseAddress());
    const call = [study, person, { signer: investigator.address, deadline: FAR }, signature] as const;
    return {
      from: nurse,
      to: studies.target as Address,
      data: studies.interface.encodeFunctionData("enrol", [...call]),
    };
  };
  /** Somebody enrolled, who holds some of the token already. */
  const enrolled = async (): Promise<Address> => {
    const call = await enrolment(denseAddress());
    await send(call);
    const person = studies.interface.decodeFunctionData("enrol", call.data)[1] as Address;
    const data = token.interface.encodeFunctionData("mint", [person, 1n]);
    await send({ from: bench.accreditor, to: token.target as Address, data });
    return person;
  };
  /** Contributing a record the hospital anchored. */
  const contribution = async (person: Address): Promise<Call> => {
    const salt = denseBytes(32);
    const commitment = keccak256(coder.encode(["uint48", "bytes32"], [LABORATORY, salt]));
    if (!isDense(commitment)) return contribution(person);
    const record = { patient: person, author: hospital, commitment };
    const anchor = [roleNumber("Provider"), record, denseBytes(32)] as const;
    const data = records.interface.encodeFunctionData("anchor", [...anchor]);
    await send({ from: hospital, to: records.target as Address, data });
    const call = [study, record, LABORATORY, salt] as const;
    return {
      from: nurse,
      to: studies.target as Address,
      data: studies.interface.encodeFunctionData("contribute", [...call]),
    };
  };
  return { study, sponsor, nurse, enrolment, enrolled, contribution };
}
