//! A turn is ended from outside, in mid-work.

use super::{Effect, Machine, Phase};

impl Machine {
    /// A person stops it: what is committed stays.
    pub(super) fn cancel(&mut self) {
        self.stop_work();
        self.cancelled();
    }

    /// Its time is over, and nobody looks at what is there: what is known to have broken what worked is taken back.
    pub(super) fn out_of_time(&mut self) {
        self.stop_work();
        if self.guard.is_broken() {
            self.back_to_good();
            self.take_back_if_broken();
        }
        self.cancelled();
    }

    fn stop_work(&mut self) {
        match self.phase {
            Phase::Answer(_) => self.out.push(Effect::StopModel),
            Phase::Tool => self.out.push(Effect::StopTool { id: self.running() }),
            Phase::Start | Phase::Permission | Phase::Checks | Phase::Trying | Phase::Over => {}
        }
        self.phase = Phase::Over;
        self.stage.discard();
    }

    fn cancelled(&mut self) {
        let (changed, summary) = (!self.changed.is_empty(), self.summary());
        self.out.push(Effect::Cancelled { changed, summary });
    }
}
