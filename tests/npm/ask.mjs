// Asks an endpoint as programs in JavaScript do, and prints what it says as one line of JSON.
import { SparqlEndpointFetcher } from "fetch-sparql-endpoint";

const [endpoint, update, key, graph] = process.argv.slice(2);
const fetcher = new SparqlEndpointFetcher();
const kh = "https://w3id.org/khabar/ont#";

const all = async (stream) => {
  const found = [];
  for await (const item of stream) found.push(item);
  return found;
};

const rows = await all(await fetcher.fetchBindings(endpoint, `SELECT ?chair { ?chair <${kh}chairs> ?body } ORDER BY ?chair`));
const ask = await fetcher.fetchAsk(endpoint, `ASK { ?chair <${kh}chairs> ?body }`);
const triples = await all(await fetcher.fetchTriples(endpoint, `CONSTRUCT WHERE { ?chair <${kh}chairs> ?body }`));
let error = "";
try {
  await all(await fetcher.fetchBindings(endpoint, "SELECT * {"));
} catch (thrown) {
  error = String(thrown.message);
}
const writer = new SparqlEndpointFetcher({ defaultHeaders: new Headers({ Authorization: `Bearer ${key}` }) });
await writer.fetchUpdate(update, `INSERT DATA { GRAPH <${graph}> { <urn:x:npm> a <${kh}Person> } }`);
const written = await fetcher.fetchAsk(endpoint, "ASK { <urn:x:npm> ?p ?o }");
console.log(JSON.stringify({ chairs: rows.map((row) => row.chair.value), ask, triples: triples.length, error, written }));
