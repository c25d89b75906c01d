// What both pages share: sign in, call, and build elements. Text from the emulator is only ever set as text.

let token = null;

export async function description() {
  return (await fetch("/", { headers: { accept: "application/json" } })).json();
}

async function signIn() {
  const { username, password } = (await description()).credentials;
  const response = await fetch("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "password", username, password }),
  });
  token = (await response.json()).access_token;
}

export async function call(method, path, body) {
  for (let attempt = 0; ; attempt++) {
    if (token === null) await signIn();
    const headers = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    if (response.status !== 401 || attempt > 0) return response;
    token = null; // the emulator was restarted, or the token has expired
  }
}

export function element(name, properties = {}, ...children) {
  const created = document.createElement(name);
  Object.assign(created, properties);
  created.append(...children);
  return created;
}

export function shape(name, attributes) {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}
