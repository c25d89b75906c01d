import { call, element } from "./client.js";

const main = document.getElementById("operations"), filter = document.getElementById("filter");

function panel(method, path, operation) {
  const body = operation.requestBody?.content?.["application/json"];
  const address = element("input", { value: path, ariaLabel: "Path" });
  const text = element("textarea", { rows: 12, spellcheck: false, ariaLabel: "Body" });
  text.value = body ? JSON.stringify(body.example ?? {}, null, 2) : "";
  const answer = element("pre", { hidden: true });
  const send = element("button", { type: "button", textContent: "Send" });
  send.addEventListener("click", async () => {
    answer.hidden = false;
    try {
      const response = await call(method, address.value, body ? JSON.parse(text.value) : undefined);
      const received = await response.text();
      let shown = received;
      try { shown = JSON.stringify(JSON.parse(received), null, 2); } catch { /* not JSON */ }
      answer.textContent = `HTTP ${response.status}\n${shown.slice(0, 20000)}`;
    } catch (error) {
      answer.textContent = error.message;
    }
  });
  const children = [
    element("summary", {}, element("span", { className: "method", textContent: method }), element("code", { textContent: path }), ` ${operation.summary}`),
    element("p", { textContent: operation.description ?? "" }),
    element("label", {}, "Path", address),
  ];
  if (body) children.push(element("label", {}, "Body", text));
  return element("details", {}, ...children, element("p", {}, send), answer);
}

const found = await (await fetch("/openapi.json")).json();
const panels = Object.entries(found.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => panel(method.toUpperCase(), path, operation)));
main.append(...panels);
filter.addEventListener("input", () => {
  for (const each of panels) each.hidden = !each.textContent.toLowerCase().includes(filter.value.toLowerCase());
});
