/**
 * Advice on the errors of `KeyDirectory`, and of signed messages.
 *
 * @module
 */
import { date, SIGN_AGAIN, type AdviceByError } from "./words.js";

export const SIGNING: AdviceByError = {
  KeyZero: () => ({
    message: "The zero key is no X25519 public key.",
    advice: "Publish the public key of generateEncryptionKey.",
  }),
  KeyStale: () => ({
    message: "Another key was published since the message was signed.",
    advice: SIGN_AGAIN,
  }),
  SignatureExpired: ({ deadline }) => ({
    message: `The message counted until ${date(deadline)}.`,
    advice: "Sign a new message with a later deadline.",
  }),
  SignatureInvalid: ({ signer }) => ({
    message: `The signature is not ${signer}'s over this message on this chain and contract.`,
    advice: "Check the chain, the deployment and who signs, and that the message was not changed, then sign again.",
  }),
};
