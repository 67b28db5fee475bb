using System.Diagnostics;
using System.Text;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Mail.Imap;

/// <summary>What a condition has to look at; each needs what is before it as well.</summary>
internal enum SearchCost
{
    /// <summary>Flags, dates, sizes: in memory.</summary>
    Listed,

    /// <summary>The summary of the message.</summary>
    Summary,

    /// <summary>Its header.</summary>
    Header,

    /// <summary>All of it.</summary>
    Whole,
}

/// <summary>A search that is ready to be run: one condition, made so that what costs little is asked first.</summary>
/// <param name="Cost">The most that it may have to look at.</param>
/// <param name="IsMet">Whether a message is found.</param>
internal sealed record SearchPlan(SearchCost Cost, Predicate<SearchSubject> IsMet)
{
    /// <summary>Makes the plan for a search in the selected folder.</summary>
    /// <param name="key">What is searched for.</param>
    /// <param name="selected">Where.</param>
    /// <param name="now">For YOUNGER and OLDER.</param>
    /// <remarks>The parser has bounded how deep a key is (<see cref="ImapLimits.SearchDepthMax"/>).</remarks>
    public static SearchPlan Of(SearchKey key, SelectedFolder selected, Instant now) => key switch
    {
        SearchKey.All or SearchKey.SaveDateSupported => Listed(static _ => true),
        SearchKey.Flag(SystemFlags.Recent, var isSet) => Listed(s => s.IsRecent == isSet),
        SearchKey.Flag(var flag, var isSet) => Listed(s => (s.Message.Flags & flag) != 0 == isSet),
        SearchKey.Keyword(var name, var isSet) => Listed(s => Has(s.Message.Keywords, name) == isSet),
        SearchKey.Larger(var size) => Listed(s => s.Message.Body.Length > size),
        SearchKey.Smaller(var size) => Listed(s => s.Message.Body.Length < size),
        SearchKey.Younger(var seconds) => Listed(s => s.Message.Body.InternalDate >= now - Duration.FromSeconds(seconds)),
        SearchKey.Older(var seconds) => Listed(s => s.Message.Body.InternalDate <= now - Duration.FromSeconds(seconds)),
        SearchKey.ModSeq(var least) => Listed(s => s.Message.ModSeq >= least),
        SearchKey.Uid(var set) => OfUids(set, selected),
        SearchKey.Sequence(var set) => OfNumbers(set, selected),
        SearchKey.Date date => OfDate(date),
        SearchKey.Envelope(var field, var value) => OfField(Encoding.ASCII.GetBytes($"{field}"), value),
        SearchKey.Header(var name, var value) => OfField(Encoding.UTF8.GetBytes(name), value),
        SearchKey.Body(var value) => OfText(value, SearchText.IsInBody),
        SearchKey.Text(var value) => OfText(value, SearchText.IsInMessage),
        SearchKey.Not(var inner) => Not(Of(inner, selected, now)),
        SearchKey.Or(var left, var right) => Or(Of(left, selected, now), Of(right, selected, now)),
        SearchKey.And(var keys) => And([.. keys.Select(k => Of(k, selected, now))]),
        _ => throw new UnreachableException($"No plan for {key.GetType().Name}."),
    };

    /// <summary>The conditions of this one that can be asked in memory, and all others.</summary>
    public static (SearchPlan Listed, SearchPlan Costly) Split(SearchKey key, SelectedFolder selected, Instant now)
    {
        var plans = (key is SearchKey.And(var keys) ? keys.Select(k => Of(k, selected, now)) : [Of(key, selected, now)]).ToLookup(p => p.Cost == SearchCost.Listed);
        return (And([.. plans[true]]), And([.. plans[false]]));
    }

    private delegate bool IsIn(ReadOnlySpan<byte> message, MessageSummary summary, SearchNeedle needle);

    private static SearchPlan Listed(Predicate<SearchSubject> isMet) => new(SearchCost.Listed, isMet);

    private static SearchPlan Not(SearchPlan inner) => new(inner.Cost, s => !inner.IsMet(s));

    private static SearchPlan Or(SearchPlan left, SearchPlan right)
    {
        var (first, second) = left.Cost <= right.Cost ? (left, right) : (right, left);
        return new(second.Cost, s => first.IsMet(s) || second.IsMet(s));
    }

    private static SearchPlan And(SearchPlan[] all)
    {
        if (all.Length == 0)
            return Listed(static _ => true);
        all = [.. all.OrderBy(p => p.Cost)];
        return all.Length == 1 ? all[0] : new(all[^1].Cost, s =>
        {
            foreach (var plan in all)
            {
                if (!plan.IsMet(s))
                    return false;
            }

            return true;
        });
    }

    private static SearchPlan OfUids(SequenceSet set, SelectedFolder selected)
    {
        if (set.IsSaved)
            return Listed(s => Array.BinarySearch(selected.Saved, s.Message.Uid) >= 0);
        var uids = set.Resolve(selected.Told.Count == 0 ? 0 : selected.Told[selected.Told.Count - 1].Uid);
        return Listed(s => uids.Contains(s.Message.Uid));
    }

    private static SearchPlan OfNumbers(SequenceSet set, SelectedFolder selected)
    {
        if (set.IsSaved)
            return OfUids(set, selected);
        var numbers = set.Resolve((uint)selected.Told.Count);
        return Listed(s => numbers.Contains(s.Number));
    }

    // Without regard to time and zone (RFC 3501 §6.4.4): our own dates are in UTC, that of the header is as its sender wrote it.
    private static SearchPlan OfDate(SearchKey.Date date)
    {
        var (which, relation, day) = date;
        return which switch
        {
            SearchDate.Internal => Listed(s => Stands(s.Message.Body.InternalDate.InUtc().Date, relation, day)),
            SearchDate.Saved => Listed(s => Stands(s.Message.Body.SavedAt.InUtc().Date, relation, day)),
            _ => new(SearchCost.Summary, s => s.Summary.SentAt is { } sent && Stands(sent.Date, relation, day)),
        };
    }

    private static bool Stands(LocalDate date, DateRelation relation, LocalDate day) => relation switch
    {
        DateRelation.Before => date < day,
        DateRelation.On => date == day,
        _ => date >= day,
    };

    private static SearchPlan OfField(byte[] name, string value)
    {
        var needle = SearchNeedle.Of(value);
        return new(SearchCost.Header, s => SearchText.IsInField(s.ReadHeader(), name, needle));
    }

    private static SearchPlan OfText(string value, IsIn isIn)
    {
        var needle = SearchNeedle.Of(value);
        return new(SearchCost.Whole, s => isIn(s.ReadWhole(), s.Summary, needle));
    }

    private static bool Has(ReadOnlySpan<char> keywords, string name)
    {
        foreach (var range in keywords.Split(' '))
        {
            if (keywords[range].Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
