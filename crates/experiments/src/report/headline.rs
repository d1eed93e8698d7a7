//! The one figure that answers an experiment's question.

/// The figure that answers the question of an experiment, with what it says. It is computed
/// from the samples whenever a report is made or read, and not part of a report's JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// The figure with its unit: "1.7×".
    pub figure: String,
    /// What the figure is; figure and caption together read as one sentence.
    pub caption: String,
    /// How sure the figure is, and what else belongs to it: one short text each.
    pub notes: Vec<String>,
    /// Which way the figure points.
    pub trend: Trend,
}

/// Which way the figure of a [`Headline`] points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// The figure is a gain or a plain amount.
    Plain,
    /// The whole interval of the figure lies on the side of a loss.
    Loss,
    /// The interval of the figure contains "no difference".
    Open,
}
