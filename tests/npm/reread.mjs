// Reads a file as the parsers of npm do, and prints what it says as N-Quads.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";
import { Parser, Writer } from "n3";

const [file, format] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
if (format === "jsonld") {
  process.stdout.write(await jsonld.toRDF(JSON.parse(text), { format: "application/n-quads" }));
} else {
  const writer = new Writer({ format: "N-Quads" });
  writer.addQuads(new Parser({ format, baseIRI: "https://example.org/" }).parse(text));
  writer.end((error, written) => process.stdout.write(written));
}
