// In which order a queue is stepped through. The order stands in the query, as the filters that narrow the queue do.

/** What is offered, as the filter writes it. Unknown times and scores come last. */
export const ORDERS = ["captured", "uploaded", "-score", "random", "source"];

/** So many random orders there are, one for each seed. */
const SEEDS = 2 ** 31;

const isOrder = ([name]) => name === "sort" || name === "seed";

/** The order that a query asks for; the queue's own when it names none. @param {[string, string][]} query */
export function orderOf(query) {
  const named = query.find(([name]) => name === "sort")?.[1];
  return named ?? (query.some(([name, value]) => name === "queue" && value === "filter") ? "-uploaded" : "captured");
}

/**
 * The same query in another order, a random one never seen before.
 * @param {[string, string][]} query @param {string} order @returns {[string, string][]}
 */
export function inOrder(query, order, random = Math.random) {
  const seed = order === "random" ? [["seed", String(Math.floor(random() * SEEDS))]] : [];
  return [...query.filter((pair) => !isOrder(pair)), ["sort", order], ...seed];
}

/** Another queue, whole, in the order that was chosen for this one. @param {[string, string][]} query @param {string} queue */
export const ofQueue = (query, queue) => [["queue", queue], ...query.filter(isOrder)];
