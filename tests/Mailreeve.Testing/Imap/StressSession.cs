using System.Globalization;
using System.Text.RegularExpressions;

namespace Mailreeve.Testing.Imap;

/// <summary>
/// One session of an <see cref="ImapStress"/>. It believes only what it is told, and says when that cannot be: numbers that jump, UIDs that
/// change or fall, flags that nobody set, messages that nobody removed.
/// </summary>
internal sealed partial class StressSession(ImapStress stress, int number, Random random) : IDisposable
{
    private static readonly string[] AllFlags = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$One", "$Two", "$Three"];

    private readonly Dictionary<uint, StressMessage> mine = [];
    private readonly List<StressPlace> places = [];
    private ImapPeer? peer;
    private bool numbersHold;
    private int appended;

    /// <summary>Commands that were answered.</summary>
    public int Commands { get; private set; }

    /// <summary>The folder as this session believes it to be, a line for each message.</summary>
    public IReadOnlyList<string> Picture => [.. places.Select(p => $"{p.Uid}: {Sorted(p.Flags)}")];

    public async Task OpenAsync()
    {
        peer = await ImapPeer.ConnectAsync(stress.Port);
        await peer.LineAsync();
        await AskAsync($"LOGIN {stress.User} {stress.Password}");
        await SelectAsync();
    }

    /// <summary>One command, whichever.</summary>
    public async Task StepAsync()
    {
        var few = places.Count < stress.MessagesWanted;
        await (random.Next(100) switch
        {
            < 15 when few => AppendAsync(),
            < 30 => StoreAsync(),
            < 45 when places.Count > 0 => AskAsync($"FETCH {SomeNumbers()} (UID FLAGS)", numbersHold: true),
            < 52 => AskAsync($"UID FETCH {SomeUids()} (FLAGS)"),
            < 60 => FetchBodyAsync(),
            < 66 => SearchAsync(),
            < 70 => AskAsync("EXPUNGE"),
            < 73 when few => CopyAsync("COPY"),
            < 76 => MoveAwayAsync(),
            < 82 => AskAsync("NOOP"),
            < 85 => IdleAsync(),
            < 88 when places.Count > 0 => PipelineAsync(),
            < 90 => SelectAsync(),
            < 92 => AskAsync($"STATUS {stress.Folder} (MESSAGES UIDNEXT UNSEEN)"),
            < 94 => ExpungeMineAsync(),
            _ => AskAsync("CHECK"),
        });
    }

    /// <summary>Hears everything, and asks for everything: that must be the same.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        await AskAsync("NOOP");
        var believed = places.Select(p => (p.Uid, Flags: p.Flags is null ? null : Sorted(p.Flags))).ToList();
        foreach (var place in places)
            (place.Uid, place.Flags) = (null, null);
        if (places.Count > 0)
            await AskAsync("FETCH 1:* (UID FLAGS)", numbersHold: true);
        Check(places.Count == believed.Count, $"{believed.Count} messages became {places.Count}");
        for (var i = 0; i < believed.Count; i++)
        {
            Check(places[i].Uid is not null && places[i].Flags is not null, $"message {i + 1} was not given");
            Check(believed[i].Uid is null || believed[i].Uid == places[i].Uid, $"message {i + 1} had UID {believed[i].Uid}, has {places[i].Uid}");
            Check(believed[i].Flags is not { } flags || flags == Sorted(places[i].Flags),
                $"UID {places[i].Uid} had {believed[i].Flags}, has {Sorted(places[i].Flags)}, and nobody said so");
        }

        var here = places.Select(p => p.Uid!.Value).ToHashSet();
        foreach (var (uid, message) in mine.Where(m => !here.Contains(m.Key)).ToList())
        {
            Check(message.MayGo, $"UID {uid} is gone, and was never marked as deleted");
            mine.Remove(uid);
        }

        return Picture;
    }

    public void Dispose() => peer?.Dispose();

    private async Task SelectAsync()
    {
        places.Clear();
        await AskAsync($"SELECT {stress.Folder}");
    }

    private async Task AppendAsync()
    {
        var flags = SomeFlags();
        var body = $"From: session{number}@stress.example\r\nSubject: {number}-{++appended}\r\n\r\n{new string('x', random.Next(2000))}\r\n";
        var answer = await AskAsync($"APPEND {stress.Folder} ({string.Join(' ', flags)}) {{{body.Length}+}}\r\n{body}");
        var uid = AppendUid().Match(answer);
        Check(uid.Success, $"APPEND gave {answer}");
        mine[Number(uid)] = new StressMessage(body, flags);
        CheckMine();
    }

    private async Task StoreAsync()
    {
        if (SomeOfMine(3) is not { Count: > 0 } chosen)
            return;
        var flags = SomeFlags();
        if (random.Next(12) == 0)
            flags.Add("\\Deleted");
        var mode = random.Next(3);
        foreach (var (_, message) in chosen)
        {
            var coming = new HashSet<string>(mode == 0 ? [] : message.Flags, StringComparer.OrdinalIgnoreCase);
            if (mode == 2)
                coming.ExceptWith(flags);
            else
                coming.UnionWith(flags);
            message.Begin(coming);
        }

        var silent = random.Next(2) == 0;
        var item = $"{(mode == 0 ? "" : mode == 1 ? "+" : "-")}FLAGS{(silent ? ".SILENT" : "")} ({string.Join(' ', flags)})";
        var byUid = random.Next(2) == 0;
        var set = string.Join(',', chosen.Select(c => byUid ? c.Uid : (uint)PlaceOf(c.Uid) + 1));
        var answer = await AskAsync($"{(byUid ? "UID " : "")}STORE {set} {item}", numbersHold: !byUid);
        var done = answer.StartsWith("OK", StringComparison.Ordinal) || answer.StartsWith("NO [EXPUNGEISSUED]", StringComparison.Ordinal);
        Check(done, $"STORE gave {answer}");
        foreach (var (uid, message) in chosen)
        {
            message.End(done);
            // What was changed in silence is known all the same.
            if (silent && PlaceOf(uid) is var place and >= 0)
                places[place].Flags = new(message.Flags, StringComparer.OrdinalIgnoreCase);
        }
    }

    private async Task FetchBodyAsync()
    {
        if (SomeOfMine(1) is not [var (uid, message)])
            return;
        var peek = random.Next(2) == 0;
        if (!peek)
            message.Begin(new(message.Flags, StringComparer.OrdinalIgnoreCase) { "\\Seen" });
        await AskAsync($"UID FETCH {uid} (BODY{(peek ? ".PEEK" : "")}[])");
        if (!peek)
            message.End(isDone: true);
    }

    private async Task SearchAsync()
    {
        var key = random.Next(4) switch
        {
            0 => "ALL",
            1 => $"KEYWORD $One NOT DELETED",
            2 => $"SUBJECT {number}-",
            _ => "UNSEEN",
        };
        var byUid = random.Next(2) == 0;
        await AskAsync($"{(byUid ? "UID " : "")}SEARCH {key}", numbersHold: !byUid);
    }

    private async Task CopyAsync(string command)
    {
        if (SomeOfMine(2) is not { Count: > 0 } chosen)
            return;
        var answer = await AskAsync($"UID {command} {string.Join(',', chosen.Select(c => c.Uid))} {stress.Folder}");
        var copied = CopyUid().Match(answer);
        if (!copied.Success)
            return;
        var (from, to) = (Expanded(copied.Groups[1].Value), Expanded(copied.Groups[2].Value));
        Check(from.Count == to.Count, $"COPYUID is uneven: {answer}");
        foreach (var (source, target) in from.Zip(to))
            mine[target] = new StressMessage(mine[source].Body, mine[source].Flags);
        CheckMine();
    }

    private async Task MoveAwayAsync()
    {
        if (places.Count < stress.MessagesWanted || SomeOfMine(1) is not [var (uid, message)])
            return;
        message.MayGo = true;
        await AskAsync($"UID MOVE {uid} Trash");
        Check(PlaceOf(uid) < 0, $"UID {uid} was moved away and is still here");
    }

    private async Task ExpungeMineAsync()
    {
        if (SomeOfMine(1) is [var (uid, _)])
            await AskAsync($"UID EXPUNGE {uid}");
    }

    private async Task IdleAsync()
    {
        var tag = await peer!.BeginAsync("IDLE");
        numbersHold = false;
        while (await LineAsync() is { } line && !line.StartsWith('+'))
            Hear(line);
        await peer.SendAsync("DONE\r\n");
        await EndAsync(tag);
    }

    // Numbers that were good when the first was sent must be so when the last is answered.
    private async Task PipelineAsync()
    {
        var first = await peer!.BeginAsync($"FETCH {SomeNumbers()} (UID FLAGS)");
        var second = await peer.BeginAsync($"FETCH {SomeNumbers()} (UID FLAGS)");
        numbersHold = true;
        await EndAsync(first);
        numbersHold = true;
        await EndAsync(second);
    }

    private async Task<string> AskAsync(string command, bool numbersHold = false)
    {
        this.numbersHold = numbersHold;
        return await EndAsync(await peer!.BeginAsync(command));
    }

    private async Task<string> EndAsync(string tag)
    {
        while (true)
        {
            var line = await LineAsync();
            if (line.StartsWith($"{tag} ", StringComparison.Ordinal))
            {
                var answer = line[(tag.Length + 1)..];
                Check(!answer.StartsWith("BAD", StringComparison.Ordinal) && !answer.Contains("SERVERBUG", StringComparison.Ordinal), answer);
                Commands++;
                numbersHold = false;
                return answer;
            }

            Hear(line);
        }
    }

    private async Task<string> LineAsync() =>
        await peer!.LineAsync() ?? throw new InvalidDataException($"session {number}: the server closed the connection");

    private void Hear(string line)
    {
        if (Exists().Match(line) is { Success: true } exists)
        {
            var count = (int)Number(exists);
            Check(count >= places.Count, $"EXISTS {count} while there were {places.Count}");
            while (places.Count < count)
                places.Add(new StressPlace());
        }
        else if (Expunged().Match(line) is { Success: true } expunged)
        {
            var gone = (int)Number(expunged);
            Check(!numbersHold, "EXPUNGE when numbers must hold");
            Check(gone >= 1 && gone <= places.Count, $"EXPUNGE {gone} of {places.Count}");
            if (places[gone - 1].Uid is { } uid && mine.Remove(uid, out var message))
                Check(message.MayGo, $"UID {uid} was removed, and was never marked as deleted");
            places.RemoveAt(gone - 1);
        }
        else if (Fetched().Match(line) is { Success: true } fetched)
        {
            HearFetch(line, (int)Number(fetched));
        }
        else if (line.StartsWith("* SEARCH", StringComparison.Ordinal) && numbersHold)
        {
            foreach (var found in line.Split(' ').Skip(2))
                Check(int.Parse(found, CultureInfo.InvariantCulture) <= places.Count, $"SEARCH found {found} of {places.Count}");
        }
        else
        {
            Check(!line.StartsWith("* BYE", StringComparison.Ordinal), line);
        }
    }

    private void HearFetch(string line, int at)
    {
        Check(at >= 1 && at <= places.Count, $"FETCH {at} of {places.Count}");
        var place = places[at - 1];
        if (Uid().Match(line) is { Success: true } given)
        {
            var uid = Number(given);
            Check(place.Uid is null || place.Uid == uid, $"message {at} had UID {place.Uid}, has {uid}");
            Check(at == 1 || places[at - 2].Uid is not { } before || before < uid, $"UID {uid} comes after {(at == 1 ? 0 : places[at - 2].Uid)}");
            place.Uid = uid;
        }

        if (Flags().Match(line) is { Success: true } flags)
        {
            place.Flags = new(flags.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(f => f != "\\Recent"), StringComparer.OrdinalIgnoreCase);
            if (place.Uid is { } uid && mine.TryGetValue(uid, out var message))
                Check(message.Fits(place.Flags), $"UID {uid} must have {Sorted(message.Flags)}, has {Sorted(place.Flags)}");
        }

        if (line.IndexOf("BODY[] {", StringComparison.Ordinal) is var body and >= 0 && place.Uid is { } read && mine.TryGetValue(read, out var whole))
        {
            var octets = line[(line.IndexOf("\r\n", body, StringComparison.Ordinal) + 2)..];
            Check(octets == whole.Body + ")", $"UID {read} has other octets than were appended");
        }
    }

    // A message that came before its UID was known as ours may have been told of already.
    private void CheckMine()
    {
        foreach (var place in places)
        {
            if (place is { Uid: { } uid, Flags: { } flags } && mine.TryGetValue(uid, out var message))
                Check(message.Fits(flags), $"UID {uid} must have {Sorted(message.Flags)}, has {Sorted(flags)}");
        }
    }

    private List<(uint Uid, StressMessage Message)> SomeOfMine(int max)
    {
        var here = places.Where(p => p.Uid is { } uid && mine.ContainsKey(uid)).Select(p => p.Uid!.Value).ToArray();
        random.Shuffle(here);
        return [.. here.Take(random.Next(1, max + 1)).Order().Select(uid => (uid, mine[uid]))];
    }

    private int PlaceOf(uint uid) => places.FindIndex(p => p.Uid == uid);

    private List<string> SomeFlags() => [.. AllFlags.Where(_ => random.Next(3) == 0)];

    private string SomeNumbers()
    {
        var first = random.Next(places.Count) + 1;
        return $"{first}:{Math.Min(places.Count, first + random.Next(10))}";
    }

    private string SomeUids()
    {
        var first = places.Count == 0 ? 1 : places[random.Next(places.Count)].Uid ?? 1;
        return $"{first}:{first + (uint)random.Next(20)}";
    }

    private static string Sorted(HashSet<string>? flags) => flags is null ? "?" : string.Join(' ', flags.Select(f => f.ToUpperInvariant()).Order(StringComparer.Ordinal));

    private static List<uint> Expanded(string set) =>
    [
        .. set.Split(',').SelectMany(range =>
        {
            var ends = range.Split(':').Select(n => uint.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range((int)ends[0], (int)(ends[^1] - ends[0]) + 1).Select(n => (uint)n);
        }),
    ];

    private static uint Number(Match match) => uint.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidDataException($"session {number}, after {Commands} commands: {otherwise}");
    }

    [GeneratedRegex(@"^\* (\d+) EXISTS$")]
    private static partial Regex Exists();

    [GeneratedRegex(@"^\* (\d+) EXPUNGE$")]
    private static partial Regex Expunged();

    [GeneratedRegex(@"^\* (\d+) FETCH \(")]
    private static partial Regex Fetched();

    [GeneratedRegex(@"[( ]UID (\d+)")]
    private static partial Regex Uid();

    [GeneratedRegex(@"[( ]FLAGS \(([^)]*)\)")]
    private static partial Regex Flags();

    [GeneratedRegex(@"\[APPENDUID \d+ (\d+)\]")]
    private static partial Regex AppendUid();

    [GeneratedRegex(@"\[COPYUID \d+ ([\d:,]+) ([\d:,]+)\]")]
    private static partial Regex CopyUid();
}
