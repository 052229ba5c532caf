// Charges through many connections at once, each with a key of its own.
import { Agent, request } from 'node:http';

let sent = 0;

/**
 * As many connections as asked for, each sending one charge after the other with the next of the vault keys.
 *
 * @param {string} url
 * @param {string[]} keys          vault keys
 * @param {number} connections
 * @param {number} seconds
 * @param {number} [most]          calls, after which it ends as well
 * @returns {Promise<{ count: number, rate: number, p50: number, p99: number }>} calls a second, and milliseconds
 */
export async function load(url, keys, connections, seconds, most = Number.POSITIVE_INFINITY) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = [];
  const until = performance.now() + seconds * 1000;
  const connection = async () => {
    while (performance.now() < until && times.length < most) {
      const started = performance.now();
      const status = await charge(url, agent, keys[sent % keys.length], `bench-${sent++}`);
      if (status !== 200) throw new Error(`a charge of the benchmark was answered ${status}`);
      times.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  const elapsed = (performance.now() - started) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { count: times.length, rate: times.length / elapsed, p50: at(0.5), p99: at(0.99) };
}

function charge(url, agent, token, key) {
  const body = 'amount=100&currency=usd&customer=cus_1&description=Renewal%20for%202026-06';
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
    'idempotency-key': key,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/stripe/v1/charges`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    call.on('error', reject);
    call.end(body);
  });
}
