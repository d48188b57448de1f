use super::lands::{Address, Given, Land, Number, Spellings, World};
use super::random::Random;

/// Somebody or something that records are of: what is true of it, now and before.
#[derive(Clone)]
pub(super) struct Entity<'w> {
    /// Place in `World::lands`.
    pub land: usize,
    pub is_firm: bool,
    /// Works for `firm` and is known by it; else a private person.
    pub at_work: bool,
    /// 0 a man, 1 a woman; of persons.
    pub sex: usize,
    pub given: Option<&'w Given>,
    pub middle: String,
    pub particle: String,
    pub surname: String,
    /// What the surname was before a wedding.
    pub born: Option<String>,
    /// `jr.`, `sr.`
    pub generation: &'static str,
    pub birth: Option<(u16, u8, u8)>,
    pub firm: Option<Firm<'w>>,
    pub job: Option<&'w Spellings>,
    pub address: Address,
    /// Where it was before it moved.
    pub moved: Option<Address>,
    pub email: String,
    /// An address that was used before.
    pub old_email: String,
    pub phone: Number,
    pub mobile: Option<Number>,
    pub old_mobile: Option<Number>,
}

/// An organisation, or the branch of one.
#[derive(Clone)]
pub(super) struct Firm<'w> {
    /// Without legal form.
    pub name: String,
    pub form: &'w Spellings,
    pub domain: String,
    pub vat: String,
    pub mailbox: String,
    pub address: Address,
    pub phone: Number,
}

/// Families, firms and strangers who look alike: the shares of each in a thousand groups.
const GROUPS: [usize; 9] = [330, 205, 22, 14, 30, 290, 35, 42, 32];

/// The entities of one group. What is shared inside it (a household, a switchboard, a name) is what makes its members hard
/// to tell apart; between groups only chance makes them alike.
pub(super) fn group<'w>(world: &'w World, random: &mut Random) -> Vec<Entity<'w>> {
    let land = world.land(random);
    let of = &world.lands[land];
    match random.share(&GROUPS) {
        0 => vec![person(world, land, random)],
        1 => family(world, land, random),
        2 => parent_and_child(world, land, random),
        3 => twins(world, land, random),
        4 => namesakes(world, land, random),
        5 => {
            let firm = firm(world, land, random);
            let mut group = colleagues(world, land, &firm, random.early_below(9), random);
            // Some firms are known by their people only.
            if group.is_empty() || random.chance(720) {
                group.push(organisation(land, &firm));
            }
            group
        }
        6 => branches(world, land, random),
        7 => sole_trader(world, land, random),
        _ => {
            // Different firms of one name, in different towns.
            let first = firm(world, land, random);
            let mut second = firm(world, land, random);
            second.name.clone_from(&first.name);
            second.domain = format!("{}-{}", slug(&second.address.city), first.domain);
            second.mailbox = format!("info@{}", second.domain);
            second.form = random.pick(&of.forms);
            vec![organisation(land, &first), organisation(land, &second)]
        }
    }
}

fn person<'w>(world: &'w World, land: usize, random: &mut Random) -> Entity<'w> {
    let of = &world.lands[land];
    let sex = random.below(2);
    let (particle, surname) = surname(of, sex, random);
    let address = of.address(random);
    let phone = of.landline(address.area, random);
    let mut person = Entity {
        land,
        is_firm: false,
        at_work: false,
        sex,
        given: None,
        middle: String::new(),
        particle,
        surname,
        born: None,
        generation: "",
        birth: Some(birthday(1938, 68, random)),
        firm: None,
        job: None,
        moved: random.chance(140).then(|| of.address(random)),
        address,
        email: String::new(),
        old_email: String::new(),
        phone,
        mobile: None,
        old_mobile: None,
    };
    own(&mut person, of, random);
    person
}

/// Gives a person what is nobody else's: given names, mail addresses, a mobile.
fn own<'w>(person: &mut Entity<'w>, of: &'w Land, random: &mut Random) {
    person.given = Some(of.given(person.sex, random));
    person.middle =
        if random.chance(160) { of.given(person.sex, random).name.to_string() } else { String::new() };
    if person.sex == 1 && random.chance(110) {
        let (particle, born) = surname(of, 1, random);
        person.born = Some(if particle.is_empty() { born } else { format!("{particle} {born}") });
    }
    addressed(person, of, random);
}

/// Mail addresses and mobiles of a person whose name is known.
fn addressed(person: &mut Entity<'_>, of: &Land, random: &mut Random) {
    person.email = private_mail(person, of, random);
    person.old_email = private_mail(person, of, random);
    person.mobile = random.chance(830).then(|| of.mobile(person.address.area, random));
    person.old_mobile = random.chance(300).then(|| of.mobile(person.address.area, random));
}

fn surname(of: &Land, sex: usize, random: &mut Random) -> (String, String) {
    let (particle, surname) = of.surname(sex, random);
    // Spaniards have the names of both parents.
    match of.code {
        "ES" => (particle, format!("{surname} {}", of.surname(sex, random).1)),
        _ => (particle, surname),
    }
}

fn birthday(first: usize, years: usize, random: &mut Random) -> (u16, u8, u8) {
    ((first + random.below(years)) as u16, 1 + random.below(12) as u8, 1 + random.below(28) as u8)
}

fn family<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let head = person(world, land, random);
    let mailbox = format!("{}{}@{}", slug(&head.surname), random.digits(2), random.pick(&of.providers));
    let shares_mail = random.chance(180);
    let mut group = vec![head];
    for child in 0..1 + random.early_below(4) {
        let mut other = group[0].clone();
        other.sex = if child == 0 { 1 - other.sex } else { random.below(2) };
        other.birth = Some(match child {
            0 => near(group[0].birth, 8, random),
            _ => birthday(group[0].birth.map_or(1980, |day| usize::from(day.0)) + 22, 16, random),
        });
        own(&mut other, of, random);
        // One in four partners keeps a name of their own.
        if child == 0 && random.chance(250) {
            (other.particle, other.surname) = surname(of, other.sex, random);
            addressed(&mut other, of, random);
        }
        if group
            .iter()
            .all(|known| known.given.map(|given| given.name) != other.given.map(|given| given.name))
        {
            group.push(other);
        }
    }
    if shares_mail {
        group.iter_mut().for_each(|member| member.email.clone_from(&mailbox));
    }
    group
}

/// A date some years off.
fn near(birth: Option<(u16, u8, u8)>, years: usize, random: &mut Random) -> (u16, u8, u8) {
    let year = birth.map_or(1970, |day| usize::from(day.0));
    birthday(year.saturating_sub(years / 2), years, random)
}

/// Father and son, or mother and daughter, of one name; most at one address.
fn parent_and_child<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let mut parent = person(world, land, random);
    parent.born = None;
    let mut child = parent.clone();
    let year = parent.birth.map_or(1950, |day| day.0);
    child.birth = Some(birthday(usize::from(year) + 21, 16, random));
    child.middle =
        if random.chance(300) { of.given(child.sex, random).name.to_string() } else { String::new() };
    addressed(&mut child, of, random);
    if random.chance(350) {
        child.address = of.address(random);
        child.phone = of.landline(child.address.area, random);
    }
    if random.chance(400) {
        (parent.generation, child.generation) = ("sr.", "jr.");
    }
    vec![parent, child]
}

fn twins<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let one = person(world, land, random);
    let mut other = one.clone();
    other.sex = if random.chance(500) { one.sex } else { 1 - one.sex };
    own(&mut other, of, random);
    let alike = |a: Option<&Given>, b: Option<&Given>| a.map(|given| given.name) == b.map(|given| given.name);
    if alike(one.given, other.given) {
        other.sex = 1 - one.sex;
        own(&mut other, of, random);
    }
    vec![one, other]
}

/// Two or three strangers of one name, most in one town.
fn namesakes<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let first = person(world, land, random);
    let mut group = vec![first];
    for _ in 0..1 + random.early_below(2) {
        let mut other = person(world, land, random);
        let model = &group[0];
        other.sex = model.sex;
        other.given = model.given;
        (other.particle, other.surname) = (model.particle.clone(), model.surname.clone());
        if random.chance(600) {
            let city = model.address.city.clone();
            if let Some(there) = (0..200).map(|_| of.address(random)).find(|address| address.city == city) {
                other.address = there;
                other.phone = of.landline(other.address.area, random);
            }
        }
        addressed(&mut other, of, random);
        group.push(other);
    }
    group
}

fn firm<'w>(world: &'w World, land: usize, random: &mut Random) -> Firm<'w> {
    let of = &world.lands[land];
    let address = of.address(random);
    let trade = random.pick(&of.trades);
    let (particle, surname) = of.surname(0, random);
    let family = if particle.is_empty() { surname } else { format!("{particle} {surname}") };
    let name = match random.below(100) {
        0..34 => format!("{family} {trade}"),
        34..48 => format!("{trade} {family}"),
        48..58 => format!("{trade} {}", address.city),
        58..66 => format!("{family} & {}", of.surname(0, random).1),
        66..72 => format!("{} {trade}", initials(random)),
        72..86 => format!("{} {trade}", world.coined(random)),
        86..92 => format!("{} {}", world.coined(random), of.names[1]),
        _ => world.coined(random),
    };
    let is_rare = !of.is_frequent(&family) && name.contains(&family);
    let mut firm = Firm {
        name: String::new(),
        form: random.early(&of.forms),
        vat: of.vat(random),
        mailbox: String::new(),
        phone: of.landline(address.area, random),
        domain: String::new(),
        address,
    };
    firm.call(&name, is_rare, of, random);
    firm
}

impl Firm<'_> {
    /// Gives a firm its name, domain and mailbox. A domain belongs to one firm; where the plain one is likely to be taken,
    /// another is found.
    fn call(&mut self, name: &str, is_rare: bool, of: &Land, random: &mut Random) {
        let mut letters = name.chars();
        self.name =
            letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
        let plain = slug(name);
        let taken = match random.below(3) {
            0 => format!("{plain}-{}", slug(&self.address.city)),
            1 => format!("{plain}{}", random.digits(3)),
            _ => format!("{plain}-{}", initials(random).to_lowercase()),
        };
        let is_free = random.chance(if is_rare { 700 } else { 40 });
        self.domain = format!("{}.{}", if is_free { plain } else { taken }, of.mail);
        let mailbox = random.pick(&["info", "info", "info", "contact", "office", "sales", "mail"]);
        self.mailbox = format!("{mailbox}@{}", self.domain);
    }
}

fn initials(random: &mut Random) -> String {
    (0..2 + random.below(2)).map(|_| char::from(b'A' + random.below(26) as u8)).collect()
}

fn organisation<'w>(land: usize, firm: &Firm<'w>) -> Entity<'w> {
    Entity {
        land,
        is_firm: true,
        at_work: true,
        sex: 0,
        given: None,
        middle: String::new(),
        particle: String::new(),
        surname: String::new(),
        born: None,
        generation: "",
        birth: None,
        job: None,
        address: firm.address.clone(),
        moved: None,
        email: firm.mailbox.clone(),
        old_email: firm.mailbox.clone(),
        phone: firm.phone.clone(),
        mobile: None,
        old_mobile: None,
        firm: Some(firm.clone()),
    }
}

/// People who work for a firm: its address and switchboard, a mailbox of their own or the firm's.
fn colleagues<'w>(
    world: &'w World,
    land: usize,
    firm: &Firm<'w>,
    count: usize,
    random: &mut Random,
) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let pattern = random.below(3);
    let mut group: Vec<Entity<'w>> = Vec::with_capacity(count + 1);
    for _ in 0..count {
        let mut member = person(world, land, random);
        member.at_work = true;
        member.address.clone_from(&firm.address);
        member.moved = None;
        member.phone.clone_from(&firm.phone);
        if random.chance(200) {
            // An extension of one's own.
            let keep = member.phone.rest.len() - 2;
            member.phone.rest.truncate(keep);
            member.phone.rest.push_str(&random.digits(2));
        }
        member.job = of.jobs.get(random.below(of.jobs.len()));
        member.email = if random.chance(140) {
            firm.mailbox.clone()
        } else {
            let given = slug(member.given.map_or("", |given| given.name));
            let surname = slug(&format!("{}{}", member.particle, member.surname));
            let local = match pattern {
                0 => format!("{given}.{surname}"),
                1 => format!("{}{surname}", &given[..given.len().min(1)]),
                _ => given,
            };
            format!("{local}@{}", firm.domain)
        };
        // Two of one firm never have one personal address.
        if member.email != firm.mailbox && group.iter().any(|other| other.email == member.email) {
            member.email.insert_str(0, &format!("{}.", initials(random).to_lowercase()));
        }
        member.firm = Some(firm.clone());
        if random.chance(600) {
            member.birth = None;
        }
        group.push(member);
    }
    group
}

/// One firm in several towns: each branch is an entity of its own, under one name, site and VAT number.
fn branches<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let head = firm(world, land, random);
    let mut group = vec![organisation(land, &head)];
    for _ in 0..1 + random.early_below(3) {
        let mut branch = head.clone();
        branch.address = of.address(random);
        branch.phone = of.landline(branch.address.area, random);
        if random.chance(500) {
            branch.mailbox = format!("{}@{}", slug(&branch.address.city), branch.domain);
        }
        let count = random.early_below(3);
        let people = colleagues(world, land, &branch, count, random);
        let taken = |email: &String, group: &[Entity<'_>]| group.iter().any(|known| known.email == *email);
        group.push(organisation(land, &branch));
        for mut member in people {
            if member.email != branch.mailbox && taken(&member.email, &group) {
                member.email.insert_str(0, &format!("{}.", initials(random).to_lowercase()));
            }
            group.push(member);
        }
    }
    group
}

/// A person and the firm of that name: one address, telephone and often mailbox, but two entities.
fn sole_trader<'w>(world: &'w World, land: usize, random: &mut Random) -> Vec<Entity<'w>> {
    let of = &world.lands[land];
    let mut owner = person(world, land, random);
    let mut firm = firm(world, land, random);
    let given = owner.given.map_or("", |given| given.name);
    let trade = random.pick(&of.trades);
    let name = match random.chance(500) {
        true => format!("{trade} {given} {} {}", owner.particle, owner.surname),
        false => format!("{} {} {trade}", owner.particle, owner.surname),
    };
    firm.address.clone_from(&owner.address);
    firm.phone.clone_from(&owner.phone);
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    firm.call(&name, !of.is_frequent(&owner.surname), of, random);
    owner.at_work = true;
    owner.job = of.jobs.last();
    if random.chance(500) {
        owner.email.clone_from(&firm.mailbox);
    }
    owner.firm = Some(firm.clone());
    vec![organisation(land, &firm), owner]
}

/// A private mail address. Names that many bear need something more than the name, as at real providers.
fn private_mail(person: &Entity<'_>, of: &Land, random: &mut Random) -> String {
    let given = slug(person.given.map_or("", |given| given.name));
    let surname = slug(&format!("{}{}", person.particle, person.surname));
    let first = &given[..given.len().min(1)];
    let local = match random.below(10) {
        0..4 => format!("{given}.{surname}"),
        4..6 => format!("{given}{surname}"),
        6..8 => format!("{first}.{surname}"),
        8 => format!("{surname}.{given}"),
        // Hundreds have one given name and initial.
        _ => format!("{given}{first}{}", random.digits(3)),
    };
    let year = person.birth.map_or(0, |day| day.0);
    let full = if person.particle.is_empty() { String::new() } else { format!("{} ", person.particle) };
    let more = match random.below(10) {
        at if of.is_frequent(&format!("{full}{}", person.surname)) => match at {
            0..6 => format!("{:02}{}", year % 100, random.digits(3)),
            _ => random.digits(5),
        },
        0..2 => format!("{:02}", year % 100),
        2..4 => format!("{year}"),
        4..7 => random.digits(2),
        _ => random.digits(4),
    };
    format!("{local}{more}@{}", random.early(&of.providers))
}

/// Letters and digits of a text as they stand in mail addresses.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            _ => slug.extend(plain(letter)),
        }
    }
    slug
}

/// The letter without its accent, where it is one of ours.
pub(super) fn plain(letter: char) -> Option<char> {
    const ACCENTED: &str = "àaáaâaãaäaåaąaçcćcèeéeêeëeęeìiíiîiïiłlñnńnòoóoôoõoöoúuùuûuüuśsşsźzżzýyÿyıi";
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric().then_some(letter);
    }
    let mut letters = ACCENTED.chars();
    while let (Some(accented), Some(base)) = (letters.next(), letters.next()) {
        if accented == letter {
            return Some(base);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_names_are_ascii() {
        assert_eq!(slug("Müller & Żółć, d'Été"), "muellerzolcdete");
    }

    #[test]
    fn nobody_of_a_group_is_there_twice() {
        let world = World::new();
        for number in 0..4_000 {
            let group = group(&world, &mut Random::of(9, number));
            assert!(!group.is_empty());
            for (at, one) in group.iter().enumerate() {
                for other in &group[..at] {
                    let facts = |entity: &Entity<'_>| {
                        (
                            entity.is_firm,
                            entity.given.map(|given| given.name),
                            entity.surname.clone(),
                            entity.birth,
                            entity.address.clone(),
                            entity.email.clone(),
                        )
                    };
                    assert!(facts(one) != facts(other), "group {number}: {:?}", facts(one));
                }
            }
        }
    }
}
