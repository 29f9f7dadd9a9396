// Runs in whatever browser comes. One that cannot read the pages' scripts, or stops before
// there is anything to see, would show nothing: it is told what to do, in words that stand in
// index.html.
(function () {
  function tell() {
    var app = document.getElementById('app');
    var words = document.getElementById('too-old');
    if (app === null || words === null || app.childNodes.length > 0) return;
    words.hidden = false;
  }
  if (!('noModule' in document.createElement('script'))) {
    document.addEventListener('DOMContentLoaded', tell);
  }
  // Captured: that a script did not come is told to its element alone.
  window.addEventListener('error', tell, true);
  window.addEventListener('unhandledrejection', tell);
})();
