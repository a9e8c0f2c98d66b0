// The form is the question: its fields are the keys of the address, and the address goes to the server as it is.
(() => {
  const form = document.getElementById("asked");
  const usual = { scenario: "baseline", against: "baseline", from: "5", vintage: "2024Q4", prior: "on", runs: "100" };
  const said = document.getElementById("said");
  let waiting = null, sentAt = 0;
  const SOONEST = 80; // milliseconds between two questions of one drag

  const query = () => {
    const found = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (usual[key] !== value) found.append(key, value);
    for (const field of document.querySelectorAll("[data-look]"))
      if (field.value && field.value !== field.dataset.usual) found.append(field.dataset.look, field.value);
    return found.toString();
  };
  const send = () => {
    waiting = null;
    sentAt = performance.now();
    const asked = query();
    history.replaceState(null, "", asked ? "?" + asked : location.pathname);
    document.getElementById("save").href = "scenario.toml?" + asked;
    if (window.Shiny && Shiny.setInputValue) Shiny.setInputValue("asked", asked);
  };
  const soon = () => {
    if (waiting === null) waiting = setTimeout(send, Math.max(0, SOONEST - (performance.now() - sentAt)));
  };
  const touch = (slider, on) => {
    const range = slider.querySelector("input");
    if (on) range.name = range.dataset.key;
    else { range.removeAttribute("name"); range.value = range.dataset.rest; }
    slider.classList.toggle("touched", on);
    slider.querySelector("output").value = range.value;
  };
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", event => {
    const slider = event.target.closest(".slider");
    if (event.target.id === "more") return more(event.target);
    if (slider) touch(slider, true);
    soon();
  });
  form.addEventListener("click", event => {
    if (event.target.classList.contains("rest")) { touch(event.target.closest(".slider"), false); soon(); }
  });
  const more = field => {
    const known = document.getElementById("slider-" + field.value);
    field.setCustomValidity("");
    if (!known) return;
    field.value = "";
    const fresh = known.content.firstElementChild.cloneNode(true);
    const key = fresh.querySelector("input").dataset.key;
    const there = document.querySelector(`#sliders input[data-key="${key}"]`);
    if (!there) document.getElementById("sliders").append(fresh);
    (there || fresh.querySelector("input")).focus();
  };
  document.getElementById("more").addEventListener("change", event => { // left or entered with a name that fits nothing
    const field = event.target;
    if (!field.value) return;
    field.setCustomValidity(`No parameter or lever is called ${field.value}: choose one of the list.`);
    field.reportValidity();
  });
  const copy = async text => {
    try { await navigator.clipboard.writeText(text); said.textContent = "Copied: " + text; }
    catch { said.textContent = text; }
  };
  document.getElementById("reset").addEventListener("click", () => { location.search = ""; });
  document.getElementById("copy").addEventListener("click", async () => {
    const answer = await fetch("command.txt?" + query());
    copy(await answer.text());
  });
  document.getElementById("link").addEventListener("click", () => copy(location.href));
  document.addEventListener("shown.bs.tab", event => {
    document.getElementById("viewed").value = event.target.dataset.value;
    soon();
  });
  document.addEventListener("input", event => { if (event.target.dataset.look) soon(); });
  $(document).on("shiny:connected", send); // an event of jQuery: no other listener hears it
  document.getElementById("save").href = "scenario.toml?" + query();
})();
