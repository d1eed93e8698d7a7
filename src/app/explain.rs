//! Three things worth knowing, in plain words.

use yew::prelude::*;

/// The words.
pub fn explain() -> Html {
    html! {
        <section aria-labelledby="explain-title">
            <h2 class="section-title" id="explain-title">{ "What you are looking at" }</h2>
            <div class="explain">
                <article class="panel">
                    <h3>{ "What is a process here?" }</h3>
                    <p>
                        { "A worker of its own, with a memory of its own, running the same program as \
                           this page. Nothing it changes is seen by another, as with Python’s " }
                        <code>{ "Process" }</code>
                        { ": what two of them share, they share on purpose. And one that fails takes no \
                           other with it." }
                    </p>
                </article>
                <article class="panel">
                    <h3>{ "What is the ideal line?" }</h3>
                    <p>
                        { "What this machine can give right now. Before and between the runs, 1, 2, … \
                           processes each do a piece of the same work without any need of each other. How \
                           much more they get done together is the most that any program could gain; a \
                           machine that is busy or hot gives less than its number of cores." }
                    </p>
                </article>
                <article class="panel">
                    <h3>{ "Why does the page stand still?" }</h3>
                    <p>
                        { "A page has one thread for everything: drawing, scrolling, listening to you. While \
                           it computes, it can do nothing else, and the hand stops. Processes compute \
                           elsewhere, so the page stays alive, even when they gain no time at all." }
                    </p>
                </article>
            </div>
        </section>
    }
}
