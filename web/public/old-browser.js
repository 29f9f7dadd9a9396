// Runs in whatever browser comes. One that cannot read the pages' scripts, or stops before
// there is anything to see, would show nothing: it is told what to do, in words that stand in
// index.html.
(function () {
  var OURS = location.origin + '/assets/';
  // By then another script that was on its way has shown the page, if any will.
  var PATIENCE_MS = 3000;
  function tell() {
    var app = document.getElementById('app');
    var words = document.getElementById('too-old');
    if (app === null || words === null || app.childNodes.length > 0) return;
    words.hidden = false;
  }
  if (!('noModule' in document.createElement('script'))) {
    document.addEventListener('DOMContentLoaded', tell);
  }
  // Captured: that a script did not come is told to its element alone. What others put into
  // the page, and pictures, may fail. What stops the shell main.ts throws as its own.
  window.addEventListener('error', function (event) {
    var from = event.filename || event.target.src;
    if (String(from).indexOf(OURS) === 0) setTimeout(tell, PATIENCE_MS);
  }, true);
})();
