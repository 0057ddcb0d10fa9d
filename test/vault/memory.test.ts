import { memoryVault } from "../../src/vault/memory.js";
import { behavesAsVault } from "./behaviour.js";

describe("memoryVault", () => {
  behavesAsVault(async () => memoryVault());
});
