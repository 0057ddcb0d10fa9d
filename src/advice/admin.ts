/**
 * Advice on the errors of `AccessManager`.
 *
 * @module
 */
import type { AdviceByError } from "./words.js";

export const ADMIN: AdviceByError = {
  AccessManagedUnauthorized: ({ caller }) => ({
    message: `${caller} is no admin.`,
    advice: "Use the admin's account; under a delay, schedule the call first.",
  }),
  AccessManagerNotScheduled: () => ({
    message: "The admin call has not been scheduled.",
    advice: "Schedule it with the AccessManager, wait out the delay, then send it.",
  }),
  AccessManagerNotReady: () => ({
    message: "The admin call's delay has not passed.",
    advice: "Wait until the delay has passed, then send it again.",
  }),
  AccessManagerExpired: () => ({
    message: "The admin call lapsed: it was not sent within a week after its delay.",
    advice: "Schedule it again, wait out the delay, then send it.",
  }),
};
