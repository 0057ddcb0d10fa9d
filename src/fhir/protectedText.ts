/**
 * Words that betray specially protected data, for the many real resources without labels or with local codes.
 *
 * English, with the Latin and Greek stems most European languages share. Deliberately wide: a denial ("no history of
 * abuse") and a question ("Are you pregnant?") count too, because the answer stands beside them.
 *
 * @module
 */

const WORDS = anyOf(String.raw`
  psychiat\w*|psycholog\w*|psychos[ie]s|psychotic\w*|psychother\w*|psychopath\w*|psychotrop\w*|psychosoma\w*
  mental (health|illness|disorder|disabilit|retardation|state|hygiene)\w*|behaviou?ral health|(mood|stress) disorders?
  (?<!\b(st|segment|respiratory|marrow|cns) )depress(ion|ive)\w*|dysthym\w*|cyclothym\w*|bipolar (disorder|affective|i+|type)
  manic|mania|schizo\w*|paranoi\w*|delusion\w*|hallucinat\w*|anxi(ety|ous)|panic (disorder|attack)s?|obsessive|compulsi\w*
  phobi[ac]\w*|agoraphob\w*|neuros[ie]s|(post ?)?traumatic stress|adjustment disorder|personality disorder|dissociative
  eating disorders?|anorexia nervosa|bulimi\w*|suicid\w*|self (harm|injur)\w*|dementia|alzheimer\w*|delirium|autis\w*
  asperger\w*|attention deficit|hyperkinetic|intellectual disabilit\w*|developmental (disabilit|disorder)\w*
  electroconvulsive|cognitive (and )?behaviou?ral|phq ?[249]|gad ?[27]|c ?ssrs|epds

  alcoholi(sm|cs?(?! drink))|alcohol \w*(use|abuse|misuse|depend|intake|consum|intox|withdraw|addict|type|problem|related)\w*
  (drinks?|drinking|drank|consum\w*|intake of|type of) alc\w*|binge drink\w*|blood alcohol|ethanol|audit c|dast ?10
  (substance|drug|opi[oa](id|te)|narcotic|sedative|stimulant|inhalant|hallucinogen|benzodiazepine)s? (use|abuse|misuse|depend|addict|intox|withdraw|overdose|screen|rehab|detox|habit)\w*
  (recreational|illicit|street|intravenous|injecting) drugs?|drugs of abuse|needle exchange|overdos\w*|addict\w*
  intoxications?|detoxification|heroin|cocain\w*|cannabi\w*|marijuana|(meth)?amphetamines?|ecstasy|mdma|lsd|phencyclidine
  methadone|buprenorphine|suboxone|subutex|sublocade|naltrexone|vivitrol|disulfiram|antabuse|acamprosate|nalmefene
  lofexidine|naloxone

  pregnan\w*|gravid\w*|(pre|ante|peri|post)natal|postpartum|obstet\w*|gestation\w*|fo?et(us|al)\w*|midwi\w*|(pre ?)?eclampsia
  childbirth|parturition|(vaginal|breech|forceps) delivery|ca?esarean|induction of labou?r|active labou?r|stillb\w*
  abortion\w*|termination of pregnancy|miscarriages?|contracep\w*|birth control|family planning|intrauterine device
  tubal|vasectomy|hysterectomy|(in)?fertil(e|ity)|in vitro fertili\w*|menstr\w*|menses|dysmenorrh\w*|menopaus\w*
  (homo|bi|trans)?sexual\w*|erectile|libido|transgender|gender (dysphoria|identity|affirm|reassign|incongru)\w*|feminism in
  venereal|syphilis|gonorrh\w*|gonococc\w*|chlamydia\w*|trichomon\w*|chancroid|genital (herpes|warts?)
  levonorgestrel|ethinyl ?estradiol|medroxyprogesterone|drospirenone|desogestrel|etonogestrel|norelgestromin|ulipristal
  mifepristone|misoprostol|clomif?phene|sildenafil|tadalafil|choriogonadotropin\w*

  hiv( ?[12])?|human immuno ?deficiency virus|acquired immun\w*|antiretroviral\w*|pre exposure prophylaxis
  \w+tegravir|\w+navir|tenofovir|abacavir|emtricitabine|(lami|zido|sta)vudine|efavirenz|rilpivirine|etravirine
  nevirapine|doravirine|maraviroc|enfuvirtide|lenacapavir|biktarvy|genvoya|stribild|triumeq|dovato|truvada|descovy
  atripla|complera|odefsey|symtuza|tivicay|isentress|cabenuva|juluca

  abus(e[drs]?|ive|ing)(?! deterrent)|maltreat\w*|violen(ce|t)|assault\w*|rape[ds]?|incest|batter(ed|ing) \w+
  (child|elder) neglect|neglected child|trafficking|victim of|torture\w*

  \w+azepam|\w+zolam|chlordiazepoxide|(es)?zopiclone|zolpidem|zaleplon|buspirone|hydroxyzine|\w+peridol|\w+promazine
  (ris|pali)peridone|lurasidone|ziprasidone|\w+piprazole|(quetia|olanza|cloza|mirtaza|asena)pine|(flu|per)phenazine
  lithium (carbonate|citrate)|\w+oxetine|(es)?citalopram|sertraline|fluvoxamine|(des)?venlafaxine|\w+triptyline|\w+pramine
  trazodone|nefazodone|bupropion|phenelzine|tranylcypromine|(dex)?methylphenidate|lisdexamfetamine|modafinil|guanfacine
  donepezil|rivastigmine|galantamine|memantine|tacrine|xanax|ativan|valium|klonopin|prozac|zoloft|paxil|celexa|lexapro
  seroquel|zyprexa|risperdal|abilify|ritalin|adderall|concerta|strattera|wellbutrin`);

// In capitals only, because the same letters are everyday words in lower case ("hearing aids").
const ACRONYMS = /\b(AIDS|CD4|IUD|IVF|PTSD|ADHD|OCD|STIs?|STDs?|OUD|SUD|AUD)\b/;

/**
 * True when a text has a word that betrays specially protected data.
 *
 * @example
 * isProtectedText("Type of alcohol consumed"); // true
 * isProtectedText("Take with food. Avoid alcoholic drink."); // false
 */
export function isProtectedText(text: string): boolean {
  const spaced = text
    // Without < inside, a text of many < takes linear time.
    .replace(/<[^<>]*>/g, " ")
    .replace(/([a-z])(?=[A-Z])/g, "$1 ")
    .replace(/[\s_/-]+/g, " ");
  return WORDS.test(spaced) || ACRONYMS.test(spaced);
}

function anyOf(lines: string): RegExp {
  return new RegExp(
    String.raw`\b(?:${lines
      .trim()
      .split(/\s*\n\s*/)
      .join("|")})\b`,
    "i",
  );
}
