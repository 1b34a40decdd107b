// The editor of /sparql: Yasgui's tabs and editor around the form of the page, which asks the server as before.
// What is found is the server's own page, so it looks the same with and without this script.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const form = document.querySelector("form.query");
  const area = form.querySelector("textarea");
  const results = document.getElementById("results");
  const home = new URL(settings.endpoint, location.href);
  const found = new Map(); // tab -> the nodes that show what its query has found, and their address
  let waiting = null;
  let terms = null;

  // --- completion: what this server knows, and nothing from elsewhere

  const known = () => (terms ??= fetch(settings.terms).then((answer) => answer.json()));
  known().catch(() => {});

  const { Yasqe } = Yasgui;
  const { prefixes, class: classes, property: properties } = Yasqe.Autocompleters;
  const bundled = prefixes.get;
  prefixes.persistenceId = null;
  prefixes.get = async (editor) => {
    const ours = (await known()).prefixes;
    const others = (await bundled(editor)).filter((line) => !(line.split(":")[0] in ours));
    return [...Object.entries(ours).map(([name, iri]) => `${name}: <${iri}>`), ...others].sort();
  };
  for (const [completer, kind] of [[classes, "classes"], [properties, "properties"]]) {
    completer.get = async (editor, token) => {
      const typed = (token.autocompletionString || "").toLowerCase();
      const fits = (term) =>
        term.iri.toLowerCase().startsWith(typed) ||
        term.iri.split(/[#/]/).pop().toLowerCase().startsWith(typed) ||
        term.name.toLowerCase().startsWith(typed);
      return (await known())[kind].filter(fits).map((term) => term.iri);
    };
    completer.postProcessSuggestion = (editor, token, iri) => shorten(editor, iri);
    completer.postprocessHints = (editor, hints) => hints.map((hint) => ({ ...hint, render: describe(kind) }));
  }

  let prefixList = [];
  let named = new Map();
  known().then((all) => {
    prefixList = Object.entries(all.prefixes);
    named = new Map([...all.classes, ...all.properties].map((term) => [term.iri, term]));
  }, () => {});

  function shorten(editor, iri) {
    const own = Object.entries(editor.getPrefixesFromQuery());
    for (const [name, start] of [...own, ...prefixList]) {
      const rest = iri.slice(start.length);
      if (iri.startsWith(start) && /^[\w-]+$/.test(rest)) return `${name}:${rest}`;
    }
    return `<${iri}>`;
  }

  function describe() {
    return (element, data, hint) => {
      const word = document.createElement("code");
      word.textContent = hint.text;
      element.append(word);
      const term = named.get(expand(hint.text));
      if (!term) return;
      const note = document.createElement("bdi");
      note.textContent = [term.name, term.number.toLocaleString(document.documentElement.lang)].filter(Boolean).join(" · ");
      element.append(note);
    };
  }

  function expand(word) {
    if (word.startsWith("<")) return word.slice(1, -1);
    const [name, rest] = word.split(":");
    const all = { ...Object.fromEntries(prefixList), ...current().getYasqe().getPrefixesFromQuery() };
    return (all[name] || "") + rest;
  }

  // --- the editor

  const box = document.createElement("div");
  box.className = "editor";
  box.id = "editor";
  form.before(box);
  const gui = new Yasgui(box, {
    persistenceId: `khabar-${home.pathname}`,
    populateFromUrl: false,
    autofocus: false,
    tabName: settings.texts.query,
    requestConfig: { endpoint: home.href },
    endpointCatalogueOptions: { getData: () => [], keys: [] },
    yasqe: {
      value: area.value,
      createShareableLink: null,
      showQueryButton: false,
      editorHeight: "auto",
      resizeable: false,
      viewportMargin: Infinity,
      direction: "ltr",
      extraKeys: { Tab: false, "Shift-Tab": false },
      screenReaderLabel: settings.texts.query,
    },
  });
  const current = () => gui.getTab();
  // Yasgui's own button stands among the tabs, where only tabs may be (WAI-ARIA, role tablist).
  const add = document.createElement("button");
  add.type = "button";
  add.className = "new";
  add.textContent = `+ ${settings.texts["new-query"]}`;
  add.addEventListener("click", () => gui.addTab(true));
  box.prepend(add);
  area.hidden = form.querySelector("label").hidden = true;
  form.querySelector(".keys").hidden = false;

  // The query of the address gets a tab, unless one has it, or nothing of the reader's own is in the one shown.
  const asked = new URLSearchParams(location.search).get("query");
  const offered = [...document.querySelectorAll(".examples a")].map((link) => queryOf(link.href));
  const written = (tab) => tab.getPersistedJson().yasqe.value.trim();
  if (asked !== null) {
    const open = Object.values(gui._tabs).find((tab) => written(tab) === asked.trim());
    if (open) gui.selectTabId(open.getId());
    else if (offered.includes(written(current()))) current().setQuery(asked);
    else gui.addTab(true, { yasqe: { value: asked } });
  }
  remember(current(), new URL(location.href));
  prepare();
  gui.on("tabAdd", () => setTimeout(() => {
    prepare();
    show([]);
  }));
  gui.on("tabSelect", (_, id) => {
    prepare();
    const { nodes, address } = found.get(id) || { nodes: [], address: home };
    show(nodes);
    history.replaceState(null, "", address);
  });
  gui.on("tabClose", (_, tab) => {
    found.delete(tab.getId());
    if (Object.keys(gui._tabs).length === 1) setTimeout(() => gui.addTab(true)); // it was the last
  });

  function queryOf(address) {
    return (new URL(address).searchParams.get("query") || "").trim();
  }

  // Whatever Yasgui says, it says in English: the words of the page instead, and a label for each control.
  function prepare() {
    for (const cross of box.querySelectorAll(".closeTab")) cross.title = settings.texts["close-query"];
    for (const input of box.querySelectorAll(".tab input")) input.setAttribute("aria-label", settings.texts.query);
    for (const tab of Object.values(gui._tabs)) {
      const editor = tab.getYasqe();
      if (!editor || editor.isOurs) continue;
      editor.isOurs = true;
      editor.query = async () => run(editor.getValue());
      editor.setOption("extraKeys", {
        ...editor.getOption("extraKeys"),
        "Ctrl-Enter": () => void run(editor.getValue()),
        "Cmd-Enter": () => void run(editor.getValue()),
      });
      const notify = editor.showNotification;
      editor.showNotification = (key) => notify(key, settings.texts.complete);
    }
  }
  box.addEventListener("contextmenu", (event) => event.target.closest(".tab") && event.stopPropagation(), true);

  // --- asking

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(current().getYasqe().getValue());
  });
  results.addEventListener("click", (event) => {
    const link = event.target.closest("nav.views a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(new URL(link.href));
  });
  addEventListener("popstate", () => location.reload());

  function run(query) {
    const address = new URL(home);
    address.searchParams.set("query", query);
    return ask(address);
  }

  async function ask(address) {
    const tab = current();
    tab.getPersistedJson().yasqe.value = tab.getYasqe().getValue();
    gui.emit("tabChange", gui, tab);
    waiting?.abort();
    const control = (waiting = new AbortController());
    results.setAttribute("aria-busy", "true");
    form.querySelector("button").disabled = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: control.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("results") || page.getElementById("content");
      if (!fresh) throw new Error();
      show([...document.adoptNode(fresh).childNodes]);
      document.querySelector(".examples")?.removeAttribute("open");
      history.pushState(null, "", address);
    } catch (error) {
      if (error.name === "AbortError") return;
      const warning = document.createElement("p");
      warning.className = "warning";
      warning.role = "alert";
      warning.textContent = settings.texts.unreachable;
      show([warning]);
    } finally {
      if (waiting === control) {
        results.removeAttribute("aria-busy");
        form.querySelector("button").disabled = false;
      }
    }
    remember(tab, address);
  }

  function show(nodes) {
    results.replaceChildren(...nodes);
  }

  function remember(tab, address) {
    found.set(tab.getId(), { nodes: [...results.childNodes], address });
  }
});
