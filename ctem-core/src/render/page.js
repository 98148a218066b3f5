"use strict";
const filter = document.getElementById("filter");
const known = document.getElementById("known");
const count = document.getElementById("count");
const exposures = [...document.querySelectorAll("details.exposure")];
const texts = exposures.map((exposure) => exposure.querySelector("summary").textContent.toLowerCase());
function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  exposures.forEach((exposure, n) => {
    const fits = words.every((word) => texts[n].includes(word)) && (!known.checked || "known" in exposure.dataset);
    exposure.hidden = !fits;
    shown += fits ? 1 : 0;
  });
  count.textContent = `${shown} of ${exposures.length} shown`;
}
document.getElementById("search").hidden = false;
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
filter.addEventListener("input", show);
known.addEventListener("change", show);
show();
