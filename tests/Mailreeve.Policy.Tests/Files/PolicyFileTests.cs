using CsCheck;
using Mailreeve.Policy.Files;
using Mailreeve.Testing;

namespace Mailreeve.Policy.Tests.Files;

public class PolicyFileTests
{
    private static readonly string Shipped = ShippedPolicy.Source.File.Text;

    private static readonly string[] Notices = [.. ShippedPolicy.Source.Notices.Select(n => n.Name)];

    // Each case changes one place of the shipped file; § marks where the problem must be told.
    [Theory]
    [InlineData("[terms]\n", "[terms]\n§anwser-within = 1\n", "terms.anwser-within", "unknown", "'answer-within'")]
    [InlineData("revision = ", "§revison = ", "revison", "unknown", "'revision'", 0, 2)]
    [InlineData("types = [\"messaging/spam\", \"messaging/bulk_messaging\"]\n", "types = [\"messaging/spam\"]\n§typs = []\n", "ladder[1].typs", "unknown", "'types'")]
    [InlineData("id = \"D2\"\n", "id = \"D2\"\n§note = \"x\"\n", "clause[12].note", "unknown", "Possible: id, title")]
    [InlineData("revision = \"20020201\"", "revision = §20020201", "revision", "must be text, and is a whole number", "revision = \"20020201\"")]
    [InlineData("in-force = \"2002-02-01\"", "in-force = §2002-02-01", "in-force", "must be text, and is a date", "in-force = ")]
    [InlineData("in-force = \"2002-02-01\"", "in-force = §\"1 Feb 2002\"", "in-force", "not a day", "2002-02-01")]
    [InlineData("revision = \"20020201\"", "revision = §\"a b\"", "revision", "not a revision", "letters")]
    [InlineData("value = \"24 h\"", "value = §\"24 hours\"", "terms.answer-within.value", "'24 hours' is not a duration", "\"24 h\"")]
    [InlineData("value = \"24 h\"", "value = §24", "terms.answer-within.value", "must be text", "\"24 h\"")]
    [InlineData("value = \"24 h\"", "value = §\"0 h\"", "terms.answer-within.value", "not a duration", "")]
    [InlineData("value = \"500.00 USD\"", "value = §\"$500\"", "terms.complaint-charge.value", "'$500' is not an amount of money", "500.00 USD")]
    [InlineData("mailbox-capacity = { value = \"25 MB\"", "mailbox-capacity = { value = §\"25 MiB\"", "terms.mailbox-capacity.value", "is not a size", "25 MB")]
    [InlineData("value = 256", "value = §0", "terms.block-addresses-at-most.value", "too small", "1 or more")]
    [InlineData("value = 256", "value = §\"256\"", "terms.block-addresses-at-most.value", "must be a whole number, and is text", "")]
    [InlineData("mailbox-capacity = { value = \"25 MB\", clause = \"C9\" }", "mailbox-capacity = §25", "terms.mailbox-capacity", "must be a table", "value =")]
    [InlineData("value = \"24 h\", clause = \"C4\"", "value = \"24 h\", clause = §\"C44\"", "terms.answer-within.clause", "no clause C44", "'C4'")]
    [InlineData("id = \"D2\"", "id = §\"D1\"", "clause[12].id", "already in line", "own id")]
    [InlineData("id = \"D2\"", "id = §\"D 2\"", "clause[12].id", "not an id", "letters")]
    [InlineData("section = \"definition\"", "section = §\"definitoin\"", "clause[1].section", "not known", "'definition'")]
    [InlineData("upheld-by = \"accounts\"\ntext = '''\nYou", "upheld-by = §\"magic\"\ntext = '''\nYou", "clause[3].upheld-by", "'magic' is not known", "people, cases")]
    [InlineData("id = \"D4\"", "id = §\"D44\"\ninformative = true", "clause[14].upheld-by", "nothing to uphold", "", 4)]
    [InlineData("id = \"C3\"", "id = §\"C3\"\ninformative = true", "clause[4].informative", "is cited", "Remove")]
    [InlineData("You have {answer-within}.", "You have §{answer-withn}.", "clause[5].text", "Nothing fills {answer-withn}", "'answer-within'")]
    [InlineData("You have {answer-within}.", "You have {answer-within} §{ }.", "clause[5].text", "brace", "", 0, 2)]
    [InlineData("title = \"E-mail and anti-spam policy of {provider}\"", "title = \"E-mail §{who}\"", "title", "Nothing fills {who}", "")]
    [InlineData("kind = \"open-relay\"", "kind = §\"open-rely\"", "ladder[5].kind", "not known", "'open-relay'", 0, 2)]
    [InlineData("\"infrastructure/botnet\"", "§\"infrastructure/botnets\"", "ladder[3].types", "not a type of XARF v4", "'infrastructure/botnet'")]
    [InlineData("\"infrastructure/botnet\"", "§\"messaging/spam\"", "ladder[3].types", "already leads to the ladder in line", "")]
    [InlineData("clock = \"close-relay-within\"", "clock = §\"close-relay\"", "ladder[5].clock", "no term", "Possible")]
    [InlineData("clock = \"close-relay-within\"", "clock = §\"complaint-charge\"", "ladder[5].clock", "not a duration", "close-relay-within")]
    [InlineData("name = \"block-unanswered\"\n  when = \"unanswered\"\n  measure = \"block-address\"\n  mode = \"ask\"", "name = §\"notify\"\n  when = \"unanswered\"\n  measure = \"block-address\"\n  mode = \"ask\"", "ladder[3].rung[3].name", "already has a rung 'notify'", "")]
    [InlineData("name = \"suspend\"", "name = §\"suspend#1\"", "ladder[4].rung[3].name", "not a name", "")]
    [InlineData("name = \"suspend\"", "name = \"suspend\"\n  notice = §\"blockd\"", "ladder[4].rung[3].notice", "no notice 'blockd'", "'blocked'")]
    [InlineData("trust-reporters-to-block = { value = 2", "trust-reporters-to-block = §{ value = 1", "terms.trust-reporters-to-block", "One reporter alone blocks nobody", "2 or more")]
    [InlineData("trust-notice-at = { value = 10", "trust-notice-at = §{ value = 20", "terms.trust-notice-at", "not less than trust-block-at", "")]
    [InlineData("\"aol.com\"", "§\"AOL.com\"", "trust.mailbox-providers", "not a domain in lower case", "mailboxes.example")]
    [InlineData("measure = \"refer\"\n  mode = \"ask\"", "measure = \"refer\"\n  mode = §\"auto\"", "ladder[6].rung[2].mode", "for a person to decide", "\"ask\"")]
    [InlineData("measure = \"refer\"\n  mode = \"ask\"", "measure = \"refer\"\n  mode = \"ask\"\n  notice = §\"blocked\"", "ladder[6].rung[2].notice", "sends no notice", "Remove")]
    [InlineData("measure = \"suspend-service\"", "measure = §\"suspend\"", "ladder[4].rung[3].measure", "not known", "")]
    public void A_mistake_is_told_with_its_place_and_what_to_write(
        string old, string changed, string key, string message, string remedy, int linesBelow = 0, int problemsInAll = 1)
    {
        var (text, line, column) = Changed(old, changed);

        var problems = Bad(text);

        var problem = problems.FirstOrDefault(p => p.Key == key);
        Assert.True(problem is not null, string.Join('\n', problems));
        Assert.Equal("policy.toml", problem.File);
        Assert.Equal(line + linesBelow, problem.Line);
        if (linesBelow == 0)
            Assert.True(problem.Column == column || problem.Key.EndsWith(".informative", StringComparison.Ordinal), $"column {column} in {problem}");
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.True(problems.Count == problemsInAll, string.Join('\n', problems));
    }

    [Fact]
    public void The_shipped_file_is_in_order() => Assert.IsType<PolicyReading.Good>(Read(Shipped));

    [Theory]
    [InlineData("complaint-charge")]
    [InlineData("answer-within")]
    [InlineData("suspend-after-notice")]
    [InlineData("close-relay-within")]
    [InlineData("read-postmaster-within")]
    [InlineData("reopen-within")]
    [InlineData("reopened-answer-within")]
    [InlineData("block-at-most")]
    [InlineData("block-addresses-at-most")]
    [InlineData("block-sites-at-most")]
    [InlineData("block-four-eyes-above")]
    [InlineData("mailbox-capacity")]
    [InlineData("message-retention")]
    [InlineData("inactive-mailbox-retention")]
    [InlineData("extra-storage-step")]
    [InlineData("extra-storage-price")]
    [InlineData("extra-storage-steps-at-most")]
    [InlineData("inactive-warning-first")]
    [InlineData("inactive-warning-last")]
    [InlineData("fill-warning-first")]
    [InlineData("fill-warning-last")]
    [InlineData("sending-messages-per-hour")]
    [InlineData("sending-recipients-per-day")]
    [InlineData("sending-first-recipients-per-day")]
    [InlineData("sending-customer-times")]
    [InlineData("sending-new-account")]
    [InlineData("sending-new-account-divided-by")]
    [InlineData("sending-held-at-most")]
    [InlineData("bulk-above")]
    [InlineData("trust-notice-at")]
    [InlineData("trust-block-at")]
    [InlineData("trust-reporters-to-block")]
    [InlineData("trust-evidence-fresh")]
    [InlineData("trust-invalid-at-most")]
    [InlineData("feedback-rate")]
    [InlineData("feedback-at-least")]
    [InlineData("feedback-window")]
    public void A_missing_term_is_told_at_the_head_of_the_terms(string term)
    {
        var start = Shipped.IndexOf($"\n{term} = ", StringComparison.Ordinal);
        var text = Shipped.Remove(start, Shipped.IndexOf('\n', start + 1) - start);

        var missing = Bad(text).Single(p => p.Key == $"terms.{term}");

        Assert.Equal("This term is missing.", missing.Message);
        Assert.Equal(LineOf(text, "[terms]"), missing.Line);
    }

    [Theory]
    [InlineData("inactive-warning-first", "14 d", "60 d", "inactive-mailbox-retention")]
    [InlineData("inactive-warning-last", "3 d", "14 d", "inactive-warning-first")]
    public void Warnings_come_one_after_the_other_and_before_the_closing(string term, string shipped, string wrong, string other)
    {
        var (text, line, _) = Changed($"{term} = {{ value = \"{shipped}\"", $"§{term} = {{ value = \"{wrong}\"");

        var problem = Assert.Single(Bad(text));

        Assert.Equal((line, $"This is not less than {other}."), (problem.Line, problem.Message));
    }

    [Theory]
    [InlineData("fill-warning-first", 80, 90)]
    [InlineData("fill-warning-last", 90, 100)]
    public void Warnings_of_a_full_mailbox_come_before_it_is_full(string term, int shipped, int wrong)
    {
        var (text, line, _) = Changed($"{term} = {{ value = {shipped}", $"§{term} = {{ value = {wrong}");

        Assert.Equal((line, $"terms.{term}"), (Assert.Single(Bad(text)).Line, Bad(text)[0].Key));
    }

    [Fact]
    public void Nobody_may_keep_a_clause_that_nothing_rests_on()
    {
        var (text, line, _) = Changed("id = \"D4\"\nsection = \"duties\"\ntitle = \"Mailing lists\"\nupheld-by = \"people\"", "§id = \"D4\"\nsection = \"duties\"\ntitle = \"Mailing lists\"");

        var problem = Assert.Single(Bad(text));

        Assert.Equal((line, "Nothing rests on clause D4: no term, ladder or rung cites it."), (problem.Line, problem.Message));
    }

    [Fact]
    public void A_clause_that_is_gone_is_told_wherever_it_is_cited()
    {
        var text = Shipped.Replace("id = \"C7\"", "id = \"C77\"", StringComparison.Ordinal);

        var problems = Bad(text);

        Assert.Equal(8, problems.Count(p => p.Message == "There is no clause C7."));
        Assert.Single(problems, p => p.Message.StartsWith("Nothing rests on clause C77", StringComparison.Ordinal));
    }

    [Fact]
    public void A_ladder_without_rungs_leads_nowhere()
    {
        var text = Shipped[..Shipped.IndexOf("  [[ladder.rung]]", Shipped.IndexOf("kind = \"postmaster\"", StringComparison.Ordinal), StringComparison.Ordinal)];

        var problem = Assert.Single(Bad(text));

        Assert.Equal(("ladder[6].rung", "This ladder has no rungs."), (problem.Key, problem.Message));
        Assert.Equal(LineOf(text, "kind = \"postmaster\"") - 1, problem.Line);
    }

    [Fact]
    public void Each_kind_of_case_needs_a_ladder()
    {
        var text = Shipped.Replace("kind = \"open-relay\"", "kind = \"support-service\"", StringComparison.Ordinal);

        var problems = Bad(text);

        Assert.Contains(problems, p => p.Message == "There is no ladder for open-relay.");
        Assert.Contains(problems, p => p.Message.StartsWith("support-service already has a ladder in line", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("when = \"complaint\"", "when = \"opened\"", "A charge is for a complaint, one for each.")]
    [InlineData("clause = \"C3\"\n\n  [[", "clause = \"C3\"\n  notice = \"complaint\"\n\n  [[", "A proposed charge sends no notice.")]
    [InlineData("  notice = \"complaint\"\n", "", "A rung that notifies needs a notice.")]
    [InlineData("when = \"opened\"\n  measure = \"notify\"", "when = \"repeated\"\n  measure = \"notify\"", "Nobody would be told: no rung notifies when the case is opened, and no clock would start.")]
    public void A_ladder_must_make_sense(string old, string changed, string message)
    {
        var problems = Bad(ReplaceFirst(Shipped, old, changed));

        Assert.Equal(message, Assert.Single(problems).Message);
    }

    [Fact]
    public void A_notice_that_is_not_there_is_told_at_each_rung_that_names_it()
    {
        var reading = PolicyFile.Read("policy.toml", Shipped, ["complaint", "postmaster-unread"]);

        var bad = Assert.IsType<PolicyReading.Bad>(reading);
        Assert.Equal(Shipped.Split("notice = \"blocked\"").Length - 1, bad.Problems.Count);
        Assert.All(bad.Problems, p => Assert.Equal("Write policy/notices/blocked.md.", p.Remedy));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        var text = Shipped
            .Replace("value = \"24 h\"", "value = \"soon\"", StringComparison.Ordinal)
            .Replace("value = \"500.00 USD\"", "value = \"a lot\"", StringComparison.Ordinal)
            .Replace("id = \"D2\"", "id = \"D2\"\nidd = 1", StringComparison.Ordinal)
            .Replace("mode = \"auto\"", "mode = \"automatic\"", StringComparison.Ordinal);

        var problems = Bad(text);

        Assert.Equal(2 + 1 + 9, problems.Count);
        Assert.Equal(problems.OrderBy(p => p.Line), problems);
    }

    [Theory]
    [InlineData("", "revision")]
    [InlineData("[terms", "not TOML")]
    [InlineData("revision = ", "not TOML")]
    [InlineData("revision = \"1\"\nrevision = \"2\"", "already defined in line 1")]
    [InlineData("[terms]\n[terms]", "already defined in line 1")]
    [InlineData("a.b = 1\na = 2", "already defined in line 1")]
    [InlineData("a = 1\na.b = 2", "already defined in line 1")]
    [InlineData("[[clause]]\n[clause]", "already defined in line 1")]
    [InlineData("clause = 1\nladder = [1]", "must be a list of tables")]
    [InlineData("terms = 1", "must be a table")]
    [InlineData("terms = { a = 1 }\n[terms]", "already defined in line 1")]
    public void What_is_no_policy_at_all_is_told_as_well(string text, string message) =>
        Assert.Contains(Bad(text), p => p.ToString().Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData('[', 100_000)]
    [InlineData('[', 60)]
    [InlineData('{', 100_000)]
    public void A_file_may_be_hostile(char bracket, int depth) =>
        Assert.NotEmpty(Bad("a = " + new string(bracket, depth)));

    [Theory]
    [InlineData("a = \"\\ud800\"")]
    [InlineData("a = \"\\uzzzz\"")]
    [InlineData("a = \"\\u\"")]
    [InlineData("a = \"\\U00110000\"")]
    [InlineData("a = \"\\Uffffffff\"")]
    [InlineData("a = \"\\u\n")]
    [InlineData("a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void What_the_parser_stumbles_over_is_told_with_its_line(string line)
    {
        var problems = Bad($"# one\n# two\n{line}\n# four\n");

        Assert.Contains(problems, p => p.Line == 3 && (p.Message.StartsWith("This cannot be read", StringComparison.Ordinal)
            || p.Message.StartsWith("This is not TOML", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read() =>
        Assert.Contains("longer", Assert.Single(Bad(new string('#', PolicyFile.LengthMax + 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Line_ends_do_not_matter() =>
        Assert.IsType<PolicyReading.Good>(Read(Shipped.ReplaceLineEndings("\r\n")));

    [Fact]
    public void Mangled_text_never_throws_and_every_problem_lies_in_the_file()
    {
        string[] snippets = ["[", "]]", "{", "}", "\"", "'''", "=", "\n", "\0", "{answer-within}", "[[ladder]]", "1", "true", "clause", "\ud800", "\\u"];
        var change = Gen.Select(Gen.Int[0, Shipped.Length - 1], Gen.Int[0, 60], Gen.Int[0, snippets.Length - 1].Select(i => snippets[i]));

        Gen.Select(change.Array[1, 4], Gen.Int[0, Shipped.Length]).Sample(
            (changes, length) =>
            {
                var text = changes.Aggregate(Shipped, Mangle);
                var reading = Read(length % 3 == 0 ? text[..Math.Min(length, text.Length)] : text);
                return reading is PolicyReading.Good
                    || (reading is PolicyReading.Bad bad && bad.Problems.Count > 0 && bad.Problems.All(p => p.Line >= 1 && p.Column >= 1
                        && p.Line <= text.Count(c => c == '\n') + 2));
            },
            iter: 400);
    }

    private static string Mangle(string text, (int At, int Length, string Put) change)
    {
        var at = Math.Min(change.At, text.Length);
        return text.Remove(at, Math.Min(change.Length, text.Length - at)).Insert(at, change.Put);
    }

    private static PolicyReading Read(string text) => PolicyFile.Read("policy.toml", text, Notices);

    private static IReadOnlyList<PolicyProblem> Bad(string text) => Assert.IsType<PolicyReading.Bad>(Read(text)).Problems;

    private static (string Text, int Line, int Column) Changed(string old, string changed)
    {
        var marked = ReplaceFirst(Shipped, old, changed);
        var at = marked.IndexOf('§', StringComparison.Ordinal);
        Assert.True(at >= 0, "No mark in the changed text.");
        var line = marked.AsSpan(0, at).Count('\n') + 1;
        return (marked.Remove(at, 1), line, at - marked.LastIndexOf('\n', at));
    }

    private static string ReplaceFirst(string text, string old, string changed)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The shipped file has no {old}");
        return text.Remove(at, old.Length).Insert(at, changed);
    }

    private static int LineOf(string text, string found) => text.AsSpan(0, text.IndexOf(found, StringComparison.Ordinal)).Count('\n') + 1;
}
