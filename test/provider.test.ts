import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import type { Provider } from "ethers";

import { chainIdOf, rpcProvider, RpcUnreachableError } from "../src/provider.js";
import { refusal } from "./sdk.js";

/** Runs a test against a server on a loopback port of its own. */
async function serving(listener: RequestListener, test: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A server that answers every question with the same text. */
function answering(text: string): RequestListener {
  return (_, response) => void response.end(text);
}

/** Runs a test with timers that fire at once, and tells how long they were to wait and which still run. */
async function timed(test: () => Promise<unknown>): Promise<{ waits: (number | undefined)[]; running: number }> {
  const { setTimeout, clearTimeout } = globalThis;
  const waits: (number | undefined)[] = [];
  const running = new Set<unknown>();
  const fireSoon = (callback: () => void, milliseconds?: number) => {
    waits.push(milliseconds);
    const timer = setTimeout(callback, 1);
    running.add(timer);
    return timer;
  };
  const stop = (timer: ReturnType<typeof setTimeout>) => {
    running.delete(timer);
    clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: fireSoon, clearTimeout: stop });
  try {
    await test();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
  return { waits, running: running.size };
}

describe("rpcProvider", () => {
  it("connects to an endpoint that tells its chain id", async () => {
    await serving(answering('{"jsonrpc":"2.0","id":1,"result":"0xaa36a7"}'), async (url) => {
      const provider = await rpcProvider(url);
      expect((await provider.getNetwork()).chainId).to.equal(11_155_111n);
      provider.destroy();
    });
  });

  it("asks again each time, so that no transaction has the nonce of the one before", async () => {
    let asked = 0;
    const counting: RequestListener = (request, response) => {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        const { id, method } = [JSON.parse(body)].flat()[0] as { id: number; method: string };
        const result = method === "eth_chainId" ? "0x1" : `0x${(++asked).toString(16)}`;
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      });
    };
    await serving(counting, async (url) => {
      const provider = await rpcProvider(url);
      const account = `0x${"11".repeat(20)}`;
      const nonces = [await provider.getTransactionCount(account), await provider.getTransactionCount(account)];
      expect(nonces).to.deep.equal([1, 2]);
      provider.destroy();
    });
  });

  it("asks for the chain id with JSON-RPC", async () => {
    let question = "";
    const listener: RequestListener = (request, response) => {
      request.on("data", (data) => (question += data));
      request.on("end", () => response.end('{"result":"0x1"}'));
    };
    await serving(listener, async (url) => (await rpcProvider(url)).destroy());
    expect(JSON.parse(question)).to.deep.include({ jsonrpc: "2.0", method: "eth_chainId", params: [] });
  });

  it("names an endpoint where nothing listens", async () => {
    let closed = "";
    await serving(answering(""), async (url) => void (closed = url));
    const error = await refusal(rpcProvider(closed), RpcUnreachableError);
    expect(error.message).to.equal(`No chain answers at ${closed}.`);
  });

  for (const nonsense of [
    "<html>Bad gateway</html>",
    "",
    "null",
    "{}",
    '{"error":{"code":-32601,"message":"not found"}}',
    '{"result":null}',
    '{"result":""}',
    '{"result":"0x"}',
    '{"result":"mainnet"}',
    '{"result":true}',
    '{"result":[]}',
  ]) {
    it(`names an endpoint that answers ${nonsense || "nothing"}`, async () => {
      await serving(answering(nonsense), async (url) => void (await refusal(rpcProvider(url), RpcUnreachableError)));
    });
  }

  it("names an endpoint that hangs up", async () => {
    const listener: RequestListener = (request) => void request.socket.destroy();
    await serving(listener, async (url) => void (await refusal(rpcProvider(url), RpcUnreachableError)));
  });

  it("keeps what may be a key in path, query or credentials out of the error", async () => {
    for (const url of ["http://user:secret@127.0.0.1:1/v2/secret?key=secret", "secret", "http://[secret"]) {
      const { message, advice } = await refusal(rpcProvider(url), RpcUnreachableError);
      expect(message + advice).not.to.contain("secret");
    }
  });
});

describe("chainIdOf", () => {
  it("is the chain id the provider answers with", async () => {
    const provider = { getNetwork: async () => ({ chainId: 5n }) } as unknown as Provider;
    expect(await chainIdOf(provider)).to.equal(5n);
  });

  it("names a provider that fails", async () => {
    const cause = new Error("socket hang up");
    const provider = { getNetwork: () => Promise.reject(cause) } as unknown as Provider;
    expect(await refusal(chainIdOf(provider), RpcUnreachableError)).to.have.property("cause", cause);
  });

  it("keeps no timer running once the provider answered", async () => {
    const provider = { getNetwork: async () => ({ chainId: 5n }) } as unknown as Provider;
    expect(await timed(() => chainIdOf(provider))).to.deep.equal({ waits: [10_000], running: 0 });
  });

  it("waits ten seconds for a provider that says nothing, and no longer", async () => {
    const provider = { getNetwork: () => new Promise(() => undefined) } as unknown as Provider;
    const { waits } = await timed(() => refusal(chainIdOf(provider), RpcUnreachableError));
    expect(waits).to.deep.equal([10_000]);
  });
});
