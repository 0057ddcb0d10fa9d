/**
 * Advice on the errors of `BatchLedger` that are about single units.
 *
 * @module
 */
import type { AdviceByError } from "./words.js";

export const DISPENSING: AdviceByError = {
  SerialNotCommitted: ({ batch, number }) => ({
    message: `This serial number is not that of unit ${number} of batch ${batch}.`,
    advice: "Use the serial tree the batch was commissioned with; if it has no such number, suspect the pack.",
  }),
  UnitNotInParcel: ({ parcel, number }) => ({
    message: `Unit ${number} is not in parcel ${parcel}.`,
    advice: "Name the parcel the unit is in now; parcels change when they are split.",
  }),
  UnitAlreadyDispensed: ({ batch, number }) => ({
    message: `Unit ${number} of batch ${batch} was dispensed before.`,
    advice: "If it was not scanned twice, a second pack bears its serial number: set it apart and report a duplicate.",
  }),
  UnitNotDispensed: ({ batch, number }) => ({
    message: `Unit ${number} of batch ${batch} was not dispensed.`,
    advice: "There is nothing to return; check that it is the right pack.",
  }),
  UnitReturnedBefore: ({ batch, number }) => ({
    message: `Unit ${number} of batch ${batch} came back to stock once already.`,
    advice: "A unit comes back once: keep this one apart, and destroy it.",
  }),
  PrescriptionRequired: ({ batch }) => ({
    message: `Batch ${batch} is dispensed on prescription only.`,
    advice: "Fill a prescription instead; if the product no longer needs one, refresh the batch first.",
  }),
  PharmacyInvalid: ({ pharmacy, caller }) => ({
    message: `${pharmacy} holds no live Pharmacy licence, or ${caller} may not dispense for it.`,
    advice: "The pharmacy needs a live licence, and who dispenses a live membership of its staff.",
  }),
  ServiceInvalid: ({ pharmacy, service }) => ({
    message: `${service} is no licensed prescription service that ${pharmacy} lets dispense.`,
    advice: "Have the pharmacy allow it with setService; the service needs a live PrescriptionService licence.",
  }),
  ServiceZero: () => ({
    message: "The zero address is no prescription service.",
    advice: "Name the service's address, such as the deployment's prescription registry.",
  }),
};
