using Mailreeve.Policy.Sending;
using Mailreeve.Policy.Trust;
using NodaTime;

namespace Mailreeve.Policy.Files;

/// <summary>Reads <c>[terms]</c>: the numbers, each with its clause.</summary>
internal sealed class TermReader(FileProblems problems, TableReader? terms)
{
    private readonly List<(TomlValue.Text Clause, string Key)> cited = [];
    private readonly Dictionary<string, Term<Duration>> clocks = [];

    /// <summary>Clauses that terms cite, with where they do.</summary>
    public IReadOnlyList<(TomlValue.Text Clause, string Key)> Cited => cited;

    /// <summary>The terms a ladder may take for its clock.</summary>
    public IReadOnlyDictionary<string, Term<Duration>> Clocks => clocks;

    /// <summary>The terms, or null when one is missing or wrong.</summary>
    public PolicyTerms? Read()
    {
        if (terms is null)
            return null;

        var charge = Money("complaint-charge");
        var answer = Time("answer-within", "24 h");
        var suspend = Time("suspend-after-notice", "2 h");
        var relay = Time("close-relay-within", "48 h");
        var postmaster = Time("read-postmaster-within", "7 d");
        var reopen = Time("reopen-within", "30 d");
        var reopenedAnswer = Time("reopened-answer-within", "4 h");
        var blockTime = Time("block-at-most", "30 d");
        var blockSize = Count("block-addresses-at-most");
        var blockSites = Count("block-sites-at-most");
        var blockFourEyes = Count("block-four-eyes-above");
        var capacity = Size("mailbox-capacity");
        var retention = Time("message-retention", "30 d");
        var inactive = Time("inactive-mailbox-retention", "60 d");
        var step = Size("extra-storage-step");
        var price = Money("extra-storage-price");
        var steps = Count("extra-storage-steps-at-most");
        var warnFirst = Time("inactive-warning-first", "14 d");
        var warnLast = Time("inactive-warning-last", "3 d");
        var fillFirst = Count("fill-warning-first");
        var fillLast = Count("fill-warning-last");
        var sending = Sending();
        var trust = Trust();
        terms.Finish();
        Less("reopened-answer-within", reopenedAnswer, "answer-within", answer);
        Less("inactive-warning-first", warnFirst, "inactive-mailbox-retention", inactive);
        Less("inactive-warning-last", warnLast, "inactive-warning-first", warnFirst);
        Less("fill-warning-first", fillFirst, "fill-warning-last", fillLast);
        if (fillLast?.Value >= 100)
            problems.Add(terms.Entry("fill-warning-last")!.Value.At, terms.KeyOf("fill-warning-last"), "At 100 per cent it is full.", "Write less than 100.");

        if (charge is null || answer is null || suspend is null || relay is null || postmaster is null || reopen is null || reopenedAnswer is null || blockTime is null || blockSize is null
            || blockSites is null || blockFourEyes is null || capacity is null || retention is null || inactive is null || step is null || price is null || steps is null
            || warnFirst is null || warnLast is null || fillFirst is null || fillLast is null || sending is null
            || trust is null)
            return null;
        return new PolicyTerms
        {
            ComplaintCharge = charge,
            AnswerWithin = answer,
            SuspendAfterNotice = suspend,
            CloseRelayWithin = relay,
            ReadPostmasterWithin = postmaster,
            ReopenWithin = reopen,
            ReopenedAnswerWithin = reopenedAnswer,
            BlockAtMost = blockTime,
            BlockAddressesAtMost = blockSize,
            BlockSitesAtMost = blockSites,
            BlockFourEyesAbove = blockFourEyes,
            MailboxCapacityBytes = capacity,
            MessageRetention = retention,
            InactiveMailboxRetention = inactive,
            ExtraStorageStepBytes = step,
            ExtraStoragePrice = price,
            ExtraStorageStepsAtMost = steps,
            InactiveWarningFirst = warnFirst,
            InactiveWarningLast = warnLast,
            FillWarningFirst = fillFirst,
            FillWarningLast = fillLast,
            Sending = sending,
            Trust = trust,
        };
    }

    private SendingTerms? Sending()
    {
        var messages = Count("sending-messages-per-hour");
        var recipients = Count("sending-recipients-per-day");
        var first = Count("sending-first-recipients-per-day");
        var customer = Count("sending-customer-times");
        var newFor = Time("sending-new-account", "14 d");
        var newDivided = Count("sending-new-account-divided-by");
        var held = Count("sending-held-at-most");
        var bulk = Count("bulk-above");
        if (messages is null || recipients is null || first is null || customer is null || newFor is null || newDivided is null
            || held is null || bulk is null)
            return null;
        return new SendingTerms
        {
            MessagesPerHour = messages,
            RecipientsPerDay = recipients,
            FirstRecipientsPerDay = first,
            CustomerTimes = customer,
            NewFor = newFor,
            NewDividedBy = newDivided,
            HeldAtMost = held,
            BulkAbove = bulk,
        };
    }

    private TrustTerms? Trust()
    {
        var notice = Count("trust-notice-at");
        var block = Count("trust-block-at");
        var reporters = Count("trust-reporters-to-block");
        var fresh = Time("trust-evidence-fresh", "14 d");
        var invalid = Count("trust-invalid-at-most");
        var rate = Count("feedback-rate");
        var least = Count("feedback-at-least");
        var window = Time("feedback-window", "7 d");
        Less("trust-notice-at", notice, "trust-block-at", block);
        // One reporter alone blocks nobody: that is no matter of figures.
        if (reporters?.Value == 1)
        {
            problems.Add(
                terms!.Entry("trust-reporters-to-block")!.Value.At, terms.KeyOf("trust-reporters-to-block"),
                "One reporter alone blocks nobody.", "Write 2 or more.");
        }

        if (notice is null || block is null || reporters is null || fresh is null || invalid is null || rate is null || least is null || window is null)
            return null;
        return new TrustTerms
        {
            NoticeAt = notice,
            BlockAt = block,
            ReportersToBlock = reporters,
            EvidenceFresh = fresh,
            InvalidAtMost = invalid,
            FeedbackRate = rate,
            FeedbackAtLeast = least,
            FeedbackWindow = window,
        };
    }

    /// <summary>The names of all terms: keys of the table and placeholders in texts.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "complaint-charge", "answer-within", "suspend-after-notice", "close-relay-within", "read-postmaster-within", "reopen-within", "reopened-answer-within", "block-at-most", "block-addresses-at-most",
        "block-sites-at-most", "block-four-eyes-above",
        "mailbox-capacity", "message-retention", "inactive-mailbox-retention", "extra-storage-step", "extra-storage-price",
        "extra-storage-steps-at-most", "inactive-warning-first", "inactive-warning-last", "fill-warning-first", "fill-warning-last",
        "sending-messages-per-hour", "sending-recipients-per-day", "sending-first-recipients-per-day", "sending-customer-times",
        "sending-new-account", "sending-new-account-divided-by", "sending-held-at-most", "bulk-above",
        "trust-notice-at", "trust-block-at", "trust-reporters-to-block", "trust-evidence-fresh", "trust-invalid-at-most",
        "feedback-rate", "feedback-at-least", "feedback-window",
    ];

    // Terms that only make sense together. What could not be read has been told already.
    private void Less<T>(string name, Term<T>? term, string otherName, Term<T>? other)
        where T : IComparable<T>
    {
        if (term is not null && other is not null && term.Value.CompareTo(other.Value) >= 0)
            problems.Add(terms!.Entry(name)!.Value.At, terms.KeyOf(name), $"This is not less than {otherName}.", $"Write less than {otherName}.");
    }

    private Term<Money>? Money(string name) => Parsed<Money>(
        name, "500.00 USD", text => Policy.Money.TryParse(text, out var money) ? money : null, "an amount of money");

    private Term<long>? Size(string name) => Parsed<long>(
        name, "25 MB", text => SizeText.TryParse(text, out var bytes) && bytes > 0 ? bytes : null, "a size");

    private Term<Duration>? Time(string name, string example)
    {
        var term = Parsed<Duration>(
            name, example, text => DurationText.TryParse(text, out var time) && time > Duration.Zero ? time : null, "a duration");
        if (term is not null)
            clocks.Add(name, term);
        return term;
    }

    private Term<long>? Count(string name)
    {
        if (Entry(name, "256") is not { } table)
            return null;
        var clause = Clause(table);
        var value = table.WholeIfAny("value");
        if (value is null && table.Entry("value") is null)
            problems.Add(table.At, table.KeyOf("value"), "This key is missing.", "Write value = 256.");
        else if (value < 1)
            problems.Add(table.Entry("value")!.Value.At, table.KeyOf("value"), $"{value} is too small.", "Write 1 or more.");
        table.Finish();
        return value >= 1 && clause is { } id ? new Term<long>(value.Value, id) : null;
    }

    private Term<T>? Parsed<T>(string name, string example, Func<string, T?> parse, string what) where T : struct
    {
        if (Entry(name, $"\"{example}\"") is not { } table)
            return null;
        var clause = Clause(table);
        var text = table.Text("value", example);
        table.Finish();
        if (text is null)
            return null;
        if (parse(text.Value) is not { } value)
        {
            problems.Add(text.At, table.KeyOf("value"), $"'{text.Value}' is not {what}.", $"Write it like \"{example}\".");
            return null;
        }

        return clause is { } id ? new Term<T>(value, id) : null;
    }

    private TableReader? Entry(string name, string example)
    {
        if (terms!.Entry(name) is { } entry)
        {
            if (entry.Value is TomlValue.Table table)
                return new TableReader(problems, table, terms.KeyOf(name));
            problems.Add(
                entry.Value.At, terms.KeyOf(name), $"This must be a table, and is {entry.Value.Kind}.",
                $"Write {name} = {{ value = {example}, clause = \"C4\" }}.");
            return null;
        }

        problems.Add(
            terms.At, terms.KeyOf(name), "This term is missing.", $"Write {name} = {{ value = {example}, clause = \"C4\" }}.");
        return null;
    }

    private ClauseId? Clause(TableReader table)
    {
        if (table.Text("clause", "C4") is not { } text)
            return null;
        cited.Add((text, table.KeyOf("clause")));
        return new ClauseId(text.Value);
    }
}
