//! Simulates many solar systems, each a little different, and measures how much their
//! energy changes (it should stay constant).
//!
//! The Sun and the four giant planets move as in the Computer Language Benchmarks Game's
//! n-body program. The first system is exactly that one; in the others the planets start a
//! little faster or slower. It uses only additions, multiplications, divisions and square
//! roots, which every machine rounds in the same way.
//!
//! In Python: `pool.map(simulate, systems)`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::counted,
    random::{Random, mix},
};
use std::{f64::consts::PI, ops::Range};

/// The number of steps for which every system is simulated.
pub const STEPS: u32 = 1000;
/// The length of a step, in years.
pub const STEP: f64 = 0.01;

/// Steps between two checkpoints.
const CHECKPOINT_INTERVAL: u32 = 250;
/// The largest relative change of a planet's speed.
const SPREAD: f64 = 0.01;
/// The change of the energy is multiplied by this and counted as an integer.
const PARTS: f64 = 1e15;

const YEAR: f64 = 365.24;
const SUN: f64 = 4.0 * PI * PI;

pub(super) struct NBody;

impl Definition for NBody {
    fn about(&self) -> &'static About {
        &About {
            name: "n-body",
            title: "Solar systems",
            description: "Simulates ten years of many solar systems, each a little different, and tells how well their energy keeps.",
            unit: "systems",
            item: "a system, 1,000 steps",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1, 1_000_000),
            presets: [400, 4_000, 16_000],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let mut system = System::new(task.seed, item);
            let before = system.energy();
            for step in 0..STEPS {
                if step.is_multiple_of(CHECKPOINT_INTERVAL) {
                    host.checkpoint();
                }
                system.advance();
            }
            let after = system.energy();
            let drift = ((after - before) / before).abs();
            tally.add(item, (drift * PARTS) as u128, mix(after.to_bits()));
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let drift = tally.value() as f64 / PARTS / size.max(1) as f64;
        format!(
            "in {} the energy drifts by {:.4} % on average",
            counted(size, "solar system"),
            drift * 100.0
        )
    }
}

/// The Sun and its giant planets. Lengths are in astronomical units, times in years, and
/// masses in units for which the gravitational constant is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct System([Body; 5]);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

/// Position, velocity (per day) and mass (in masses of the Sun) of the planets, as in the
/// Benchmarks Game.
#[rustfmt::skip]
const PLANETS: [([f64; 3], [f64; 3], f64); 4] = [
    (
        [4.841_431_442_464_721, -1.160_320_044_027_428_4, -0.103_622_044_471_123_11],
        [0.001_660_076_642_744_037, 0.007_699_011_184_197_404, -0.000_069_046_001_697_206_3],
        0.000_954_791_938_424_326_6,
    ),
    (
        [8.343_366_718_244_58, 4.124_798_564_124_305, -0.403_523_417_114_321_4],
        [-0.002_767_425_107_268_624, 0.004_998_528_012_349_172, 0.000_023_041_729_757_376_393],
        0.000_285_885_980_666_130_8,
    ),
    (
        [12.894_369_562_139_131, -15.111_151_401_698_631, -0.223_307_578_892_655_74],
        [0.002_964_601_375_647_616, 0.002_378_471_739_594_809_5, -0.000_029_658_956_854_023_756],
        0.000_043_662_440_433_515_63,
    ),
    (
        [15.379_697_114_850_917, -25.919_314_609_987_964, 0.179_258_772_950_371_18],
        [0.002_680_677_724_903_893_2, 0.001_628_241_700_382_423, -0.000_095_159_225_451_971_59],
        0.000_051_513_890_204_661_145,
    ),
];

impl System {
    /// The system of an item. Item 0 is our own solar system for every seed.
    pub fn new(seed: u64, item: u64) -> System {
        let mut random = Random::new(seed, item);
        let sun = Body {
            position: [0.0; 3],
            velocity: [0.0; 3],
            mass: SUN,
        };
        let mut bodies = [sun; 5];
        for (body, (position, velocity, mass)) in bodies[1..].iter_mut().zip(PLANETS) {
            let share = (2.0 * random.unit() - 1.0) * SPREAD;
            let factor = if item == 0 { 1.0 } else { 1.0 + share };
            *body = Body {
                position,
                velocity: velocity.map(|part| part * YEAR * factor),
                mass: mass * SUN,
            };
        }
        // The Sun's velocity is chosen so that the total momentum is zero.
        for axis in 0..3 {
            let momentum =
                (bodies.iter()).fold(0.0, |sum, body| sum + body.velocity[axis] * body.mass);
            bodies[0].velocity[axis] = -momentum / SUN;
        }
        System(bodies)
    }

    /// Advances the simulation by one step.
    pub fn advance(&mut self) {
        for one in 0..self.0.len() {
            let (head, tail) = self.0.split_at_mut(one + 1);
            let body = &mut head[one];
            for other in tail {
                let offset = difference(&body.position, &other.position);
                let square = dot(&offset, &offset);
                let strength = STEP / (square * square.sqrt());
                for (axis, distance) in offset.into_iter().enumerate() {
                    body.velocity[axis] -= distance * other.mass * strength;
                    other.velocity[axis] += distance * body.mass * strength;
                }
            }
        }
        for body in &mut self.0 {
            for axis in 0..3 {
                body.position[axis] += STEP * body.velocity[axis];
            }
        }
    }

    /// The kinetic and potential energy together, which should stay constant.
    pub fn energy(&self) -> f64 {
        let mut energy = 0.0;
        for (index, body) in self.0.iter().enumerate() {
            energy += 0.5 * body.mass * dot(&body.velocity, &body.velocity);
            for other in &self.0[index + 1..] {
                let offset = difference(&body.position, &other.position);
                energy -= body.mass * other.mass / dot(&offset, &offset).sqrt();
            }
        }
        energy
    }
}

fn difference(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
