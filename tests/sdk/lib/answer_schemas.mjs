// The daemon's answers against the OpenAPI document that it gives of itself.
import Ajv from "ajv/dist/2020.js";

export class AnswerSchemas {
  #document;
  #ajv = new Ajv.default({ strict: false });
  #operations;
  #checks = new Map();

  constructor(document) {
    this.#document = document;
    const depth = (path) => path.split("{").length;
    this.#operations = Object.entries(document.paths)
      .sort(([one], [other]) => depth(one) - depth(other)) // a name wins over a parameter
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, { responses }]) => ({ responses, pattern: patternOf(method, path) })));
  }

  describes(call) {
    return this.#operations.some(({ pattern }) => pattern.test(call));
  }

  // What is wrong with an answer as the recorder keeps it; undefined: nothing.
  faultOf(from, bytes) {
    const text = bytes.toString("utf8");
    const end = text.indexOf("\r\n\r\n");
    const schema = this.#schemaOf(from, Number.parseInt(text, 10));
    if (!schema || !/\r\ncontent-type: application\/json/i.test(text.slice(0, end))) return undefined;
    const check = this.#checkOf(schema);
    return check(JSON.parse(text.slice(end + 4))) ? undefined : `${from}: ${this.#ajv.errorsText(check.errors)}`;
  }

  #schemaOf(from, status) {
    const operation = this.#operations.find(({ pattern }) => pattern.test(from));
    return operation?.responses[status < 300 ? "2XX" : "default"]?.content?.["application/json"].schema;
  }

  #checkOf(schema) {
    if (!this.#checks.has(schema)) this.#checks.set(schema, this.#ajv.compile({ ...schema, components: this.#document.components }));
    return this.#checks.get(schema);
  }
}

function patternOf(method, path) {
  const pattern = path.replaceAll(".", "\\.").replace(/\{rest\}/g, ".+").replace(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${method.toUpperCase()} ${pattern}$`);
}
