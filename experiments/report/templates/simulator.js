// Weighs the runs of this report by the reader's beliefs. The formulas are those of experiments/analysis/beliefs.py.
const Simulator = {
  // Logarithm of the density that a run's x was drawn from, up to a constant.
  logPrior(family, x) {
    if (family.kind === "normal") return -0.5 * ((x - family.a) / family.b) ** 2;
    if (family.kind === "uniform") return 0;
    const rising = family.b > family.a ? (x - family.a) / (family.b - family.a) : 1;
    const falling = family.c > family.b ? (family.c - x) / (family.c - family.b) : 1;
    return Math.log(Math.max(x < family.b ? rising : falling, 1e-6));
  },
  onScale(family, value) { return family.logarithmic ? Math.log(value) : value; },
  offScale(family, x) { return family.logarithmic ? Math.exp(x) : x; },

  // Weight of each run, of mean one. What an economy has fixed, nobody can believe otherwise of it.
  weights(data, beliefs, fixed) {
    const logs = new Float64Array(data.runs);
    for (const parameter of data.parameters) {
      const belief = beliefs[parameter.name];
      if (!belief || fixed.includes(parameter.name)) continue;
      parameter.values.forEach((value, run) => {
        const x = Simulator.onScale(parameter.family, value);
        logs[run] += -0.5 * ((x - belief.middle) / belief.spread) ** 2 - Simulator.logPrior(parameter.family, x);
      });
    }
    const most = Math.max(...logs), found = logs.map(log => Math.exp(log - most));
    const mean = found.reduce((sum, weight) => sum + weight, 0) / data.runs;
    return found.map(weight => weight / mean);
  },

  // 1, 0, or NaN where the run is missing: whether something happened in each run of an economy.
  flags(data, arm, labels) {
    return Array.from({ length: data.runs }, (_, run) => {
      const code = arm.codes.slice(2 * run, 2 * run + 2);
      if (code === "--") return NaN;
      const number = parseInt(code, 36), ending = data.endings[number % data.endings.length];
      const bits = Math.floor(number / data.endings.length);
      return +labels.some(label => label === ending || (data.episodes.includes(label) &&
        (bits >> data.episodes.indexOf(label)) & 1));
    });
  },

  // A share as a whole percentage, in the words of the rest of the report: a half goes to the even number.
  percent(share) {
    if (share > 0 && share < 0.005) return "<1%";
    return share >= 0.995 && share < 1 ? ">99%" : `${Simulator.whole(100 * share)}%`;
  },
  whole(number) {
    const below = Math.floor(number);
    return number - below === 0.5 ? below + below % 2 : Math.round(number);
  },

  // A share with the score interval (Wilson 1927) of so many runs as the weights are worth (Kish 1965).
  share(flags, weights, z) {
    let sum = 0, squares = 0, hit = 0;
    flags.forEach((flag, run) => {
      if (Number.isNaN(flag)) return;
      sum += weights[run]; squares += weights[run] ** 2; hit += weights[run] * flag;
    });
    const n = sum ** 2 / squares, share = hit / sum, scale = 1 + z * z / n;
    const centre = (share + z * z / (2 * n)) / scale;
    const half = z / scale * Math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2);
    return { value: share, low: Math.max(centre - half, 0), high: Math.min(centre + half, 1), n };
  },
};

if (typeof document !== "undefined") (() => {
  const data = JSON.parse(document.getElementById("simulator-runs").textContent);
  const section = document.getElementById("simulator");
  const sliders = document.getElementById("simulator-beliefs");
  const table = document.getElementById("simulator-shares");
  const worth = document.getElementById("simulator-worth");
  const number = value => Number(value.toPrecision(3)).toString();
  const STEPS = 100;

  const beliefOf = row => {
    const parameter = data.parameters[row.dataset.parameter], [middle, spread] = row.querySelectorAll("input");
    const [least, most] = parameter.spreads;
    return { middle: parameter.low + (parameter.high - parameter.low) * middle.value / STEPS,
             spread: least * (most / least) ** (spread.value / STEPS) };
  };
  const atRest = (parameter, row) => {
    const [middle, spread] = row.querySelectorAll("input");
    middle.value = STEPS * (parameter.middle - parameter.low) / (parameter.high - parameter.low);
    spread.value = STEPS;
    row.classList.remove("believed");
  };
  const told = (parameter, row) => {
    if (!row.classList.contains("believed")) return "as the study drew it";
    const belief = beliefOf(row), reach = data.ninety * belief.spread;
    const at = x => number(Simulator.offScale(parameter.family, x));
    return `${at(belief.middle)}, 90% within ${at(belief.middle - reach)} to ${at(belief.middle + reach)}`;
  };
  const show = () => {
    const beliefs = {};
    for (const row of sliders.children) {
      const parameter = data.parameters[row.dataset.parameter];
      row.querySelector("output").textContent = told(parameter, row);
      if (row.classList.contains("believed")) beliefs[parameter.name] = beliefOf(row);
    }
    const own = Simulator.share(new Float64Array(data.runs), Simulator.weights(data, beliefs, []), data.z);
    worth.textContent = Object.keys(beliefs).length
      ? `Under your beliefs the ${data.runs.toLocaleString("en")} runs are worth ${own.n.toFixed(0)}.` +
        (own.n < data.fewest ? " Too few speak to such beliefs: widen one, or run a study with them." : "")
      : "No belief of your own yet: shares as in the rest of the report.";
    data.arms.forEach((arm, place) => {
      const weights = Simulator.weights(data, beliefs, arm.fixed);
      data.shown.forEach((shown, column) => {
        const share = Simulator.share(Simulator.flags(data, arm, shown.labels), weights, data.z);
        const cell = table.tBodies[0].rows[place].cells[column + 1];
        cell.textContent = share.n < data.fewest ? "-"
          : `${Simulator.percent(share.value)} (${Simulator.whole(100 * share.low)}–${Simulator.whole(100 * share.high)})`;
        cell.style.setProperty("--share", share.n < data.fewest ? "0%" : `${100 * share.value}%`);
      });
    });
  };
  data.parameters.forEach((parameter, place) => {
    const row = document.createElement("div");
    row.dataset.parameter = place;
    const name = parameter.name.replaceAll("_", " ");
    row.innerHTML = `<p><b></b> <span></span></p><label>middle <input type="range" max="${STEPS}" step="any"></label>` +
      `<label>spread <input type="range" max="${STEPS}" step="any"></label><output></output><button type="button">as drawn</button>`;
    row.querySelector("b").textContent = name;
    row.querySelector("span").textContent = `${parameter.meaning} (${parameter.unit})`;
    row.querySelectorAll("input").forEach((input, k) =>
      input.setAttribute("aria-label", `${name}: ${["middle", "spread"][k]} of your belief`));
    row.querySelector("button").setAttribute("aria-label", `${name}: as drawn`);
    sliders.append(row);
    atRest(parameter, row);
    row.addEventListener("input", () => { row.classList.add("believed"); show(); });
    row.querySelector("button").addEventListener("click", () => { atRest(parameter, row); show(); });
  });
  for (const arm of data.arms) {
    const row = table.tBodies[0].insertRow(), head = document.createElement("th");
    head.scope = "row";
    head.textContent = arm.name;
    row.append(head, ...data.shown.map(() => document.createElement("td")));
  }
  section.hidden = false;
  document.getElementById("simulator-entry").hidden = false;
  show();
})();
if (typeof module !== "undefined") module.exports = Simulator;
