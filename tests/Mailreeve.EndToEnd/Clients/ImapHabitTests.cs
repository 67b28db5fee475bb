using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>What clients were seen to send, as they send it.</summary>
public sealed partial class ImapHabitTests(RunningMailServer running) : MailServerTests(running)
{
    private const string ThunderbirdFields =
        "From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received";

    private const string RoundcubeFields =
        "DATE FROM TO SUBJECT CONTENT-TYPE CC REPLY-TO LIST-POST DISPOSITION-NOTIFICATION-TO X-PRIORITY";

    [Fact]
    public async Task Thunderbird_signs_in_looks_around_and_reads()
    {
        await DeliverAsync(SampleMail.Rich("First"), SampleMail.Text("Second"));
        var peer = await ImapPeerAsync(signedIn: false);
        await peer.AskAsync("capability");

        // No initial response, though it is offered (RFC 4959): it waits to be asked.
        var tag = await peer.BeginAsync("authenticate PLAIN");
        Assert.StartsWith("+", await peer.ResponseAsync(), StringComparison.Ordinal);
        await peer.SendAsync(Plain() + "\r\n");
        Assert.StartsWith("OK ", (await peer.AnswersAsync(tag))[^1], StringComparison.Ordinal);

        Assert.StartsWith("* NAMESPACE ((\"\" ", (await peer.AskAsync("namespace"))[0], StringComparison.Ordinal);
        Assert.StartsWith("* ID ", (await peer.AskAsync("ID (\"name\" \"Thunderbird\" \"version\" \"153.7.0\")"))[0], StringComparison.Ordinal);
        Assert.Contains(await peer.AskAsync("list (subscribed) \"\" \"*\""), l => Regex.IsMatch(l, @"^\* LIST \(.*Trash"));
        Assert.Single(await peer.AskAsync("list \"\" \"INBOX\""), l => l.StartsWith("* LIST (", StringComparison.Ordinal));
        Assert.Contains("* 2 EXISTS", await peer.AskAsync("select \"INBOX\""));
        Assert.Contains(await peer.AskAsync("getquotaroot \"INBOX\""), l => Regex.IsMatch(l, @"^\* QUOTA .*\(STORAGE \d+ \d+"));
        var flags = await peer.AskAsync("UID fetch 1:* (FLAGS)");
        Assert.Equal(2, flags.Count(l => FetchOfFlags().IsMatch(l)));

        var uids = Uids(flags);
        var headers = await peer.AskAsync($"UID fetch {uids[0]}:{uids[1]} (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS ({ThunderbirdFields})])");

        Assert.Equal(3, headers.Length);
        Assert.All(headers.Take(2), h => Assert.Matches(@"UID \d+", h));
        Assert.All(headers.Take(2), h => Assert.Matches(@"RFC822\.SIZE \d+", h));
        Assert.All(headers.Take(2), h => Assert.Matches(@"(?i)BODY\[HEADER\.FIELDS \(""?From""? ", h));
        Assert.Contains("Subject: First\r\n", headers[0], StringComparison.Ordinal);
        Assert.Contains("Content-Type: multipart/mixed", headers[0], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n)", headers[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thunderbird_flags_and_moves_by_uid()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"), SampleMail.Text("Third"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("select \"INBOX\"");
        var uids = Uids(await peer.AskAsync("UID fetch 1:* (FLAGS)"));

        var stored = await peer.AskAsync($"uid store {uids[0]} +Flags (\\Seen \\Flagged)");
        await peer.AskAsync($"uid store {uids[0]} -Flags (\\Flagged)");
        var moved = await peer.AskAsync($"uid move {uids[1]} \"Trash\"");
        var left = await peer.AskAsync("UID fetch 1:* (FLAGS)");

        Assert.Contains(stored, l => l.Contains("\\Flagged", StringComparison.Ordinal) && l.Contains($"UID {uids[0]}", StringComparison.Ordinal));
        // RFC 6851 §4.3: the map comes before the message goes.
        var map = moved.ToList().FindIndex(l => Regex.IsMatch(l, $@"^\* OK \[COPYUID \d+ {uids[1]} \d+\]"));
        Assert.InRange(map, 0, moved.ToList().IndexOf("* 2 EXPUNGE") - 1);
        Assert.Equal([uids[0], uids[2]], Uids(left));
        Assert.Contains(left, l => l.Contains("\\Seen", StringComparison.Ordinal) && !l.Contains("\\Flagged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Thunderbird_overlooks_mail_in_the_answer_to_a_fetch_and_hears_of_it_again_when_it_idles()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("select \"INBOX\"");
        await DeliverAsync(SampleMail.Text("Second"));
        var fetched = await peer.AskAsync("UID fetch 1 (FLAGS)");
        Assert.Contains("* 2 EXISTS", fetched);

        var idle = await peer.BeginAsync("IDLE");
        await peer.UntilAsync("* 2 EXISTS");
        await peer.SendAsync("DONE\r\n");
        Assert.StartsWith("OK", (await peer.AnswersAsync(idle))[^1], StringComparison.Ordinal);

        idle = await peer.BeginAsync("IDLE");
        await peer.UntilAsync("+");
        await peer.SendAsync("DONE\r\n");
        Assert.DoesNotContain(await peer.AnswersAsync(idle), line => line.Contains("EXISTS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_connections_of_one_client_idle_at_once_on_two_folders()
    {
        var inbox = await ImapPeerAsync();
        var trash = await ImapPeerAsync();
        var third = await ImapPeerAsync();
        await inbox.AskAsync("select \"INBOX\"");
        await trash.AskAsync("select \"Trash\"");
        await third.AskAsync("select \"INBOX\"");
        var tags = new[] { await inbox.BeginAsync("IDLE"), await trash.BeginAsync("IDLE"), await third.BeginAsync("IDLE") };
        foreach (var peer in new[] { inbox, trash, third })
            Assert.StartsWith("+", await peer.UntilAsync("+"), StringComparison.Ordinal);

        await DeliverAsync(SampleMail.Text("To both"));
        await inbox.UntilAsync("* 1 EXISTS");
        await third.UntilAsync("* 1 EXISTS");
        await inbox.SendAsync("DONE\r\n");
        await inbox.AnswersAsync(tags[0]);
        await inbox.AskAsync("uid move 1:* \"Trash\"");

        await third.UntilAsync("* 1 EXPUNGE");
        await trash.UntilAsync("* 1 EXISTS");
        await third.SendAsync("done\r\n");
        await trash.SendAsync("DONE\r\n");
        Assert.StartsWith("OK", (await third.AnswersAsync(tags[2]))[^1], StringComparison.Ordinal);
        Assert.StartsWith("OK", (await trash.AnswersAsync(tags[1]))[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BODY.PEEK[1]<393216.393216>", "BODY[1]<393216>")]
    [InlineData("BODY.PEEK[]<393216.393216>", "BODY[]<393216>")]
    [InlineData("BODY.PEEK[TEXT]<393216.1>", "BODY[TEXT]<393216>")]
    public async Task A_piece_beyond_the_end_is_an_empty_string(string asked, string answered)
    {
        await DeliverAsync(SampleMail.Text("Short"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("select INBOX");

        var answers = await peer.AskAsync($"UID fetch 1:* (UID {asked})");

        Assert.Contains(answers, l => Regex.IsMatch(l, Regex.Escape(answered) + @" (""""|\{0\}\r\n)"));
    }

    [Fact]
    public async Task A_part_that_is_not_there_does_not_end_the_session()
    {
        await DeliverAsync(SampleMail.Text("Short"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("select INBOX");

        await peer.TryAsync("fetch 1 (BODY.PEEK[7.3.MIME])");

        await peer.AskAsync("NOOP");
    }

    [Fact]
    public async Task Roundcube_lists_counts_and_searches_on_each_page()
    {
        await DeliverAsync(SampleMail.Rich("First"), SampleMail.Text("Second"), SampleMail.Text("Third"));
        for (var page = 0; page < 3; page++)
        {
            var peer = await ImapPeerAsync(signedIn: false);
            await peer.AskAsync($"AUTHENTICATE PLAIN {Plain()}");
            await peer.AskAsync("ID (\"name\" \"Roundcube\" \"version\" \"1.6.5\" \"php\" \"8.2.36\" \"os\" \"Linux\" \"command\" \"/?_task=mail\")");
            await peer.AskAsync("NAMESPACE");

            var special = await peer.AskAsync("LIST (SPECIAL-USE) \"\" \"*\" RETURN (SUBSCRIBED)");
            Assert.Contains(special, l => l.Contains("\\Trash", StringComparison.Ordinal) && l.Contains("\\Subscribed", StringComparison.Ordinal));
            Assert.True((await peer.AskAsync("LIST (SUBSCRIBED) \"\" \"*\"")).Length > 4);
            Assert.Contains("* STATUS \"INBOX\" (MESSAGES 3 UNSEEN 3)", await peer.AskAsync("STATUS INBOX (MESSAGES UNSEEN)"));
            await peer.AskAsync("SELECT INBOX");
            Assert.Single((await peer.AskAsync("UID SEARCH 3"))[..^1], l => Regex.IsMatch(l, @"^\* SEARCH \d+$"));
            var all = Assert.Single((await peer.AskAsync("UID SEARCH ALL UNDELETED"))[..^1]);
            var uids = all.Split(' ')[2..];
            Assert.Equal(3, uids.Length);
            Assert.StartsWith("* SORT ", (await peer.AskAsync("UID SORT (REVERSE DATE) US-ASCII ALL UNDELETED"))[0], StringComparison.Ordinal);
            Assert.StartsWith("* THREAD (", (await peer.AskAsync("UID THREAD REFERENCES US-ASCII ALL UNDELETED"))[0], StringComparison.Ordinal);

            var rows = await peer.AskAsync(
                $"UID FETCH {string.Join(',', uids)} (UID RFC822.SIZE FLAGS INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS ({RoundcubeFields})])");
            Assert.Equal(4, rows.Length);
            Assert.Matches("(?i)BODYSTRUCTURE \\(\\(\\(\"text\" \"plain\"", rows[0]);
            Assert.Contains("See you tomorrow.", (await peer.AskAsync($"UID FETCH {uids[1]} (BODY.PEEK[TEXT])"))[0], StringComparison.Ordinal);
            Assert.Contains(await peer.AskAsync("GETQUOTAROOT INBOX"), l => Regex.IsMatch(l, @"\(STORAGE \d+ 2441[45]\b"));
            Assert.StartsWith("* BYE", (await peer.AskAsync("LOGOUT"))[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Imapflow_enables_condstore_and_appends_without_waiting()
    {
        var peer = await ImapPeerAsync(signedIn: false);
        await peer.AskAsync("ID (\"name\" \"imapflow\" \"version\" \"2.10.0\" \"vendor\" \"Example\")");
        await peer.AskAsync($"AUTHENTICATE PLAIN {Plain()}");
        await peer.AskAsync("NAMESPACE");
        Assert.Contains("* ENABLED CONDSTORE", await peer.AskAsync("ENABLE CONDSTORE"));
        Assert.Contains(
            await peer.AskAsync("LIST \"\" \"*\" RETURN (CHILDREN SUBSCRIBED)"),
            l => l.Contains("\\HasNoChildren", StringComparison.OrdinalIgnoreCase) && l.Contains("\\Subscribed", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(await peer.AskAsync("SELECT INBOX"), l => l.StartsWith("* OK [HIGHESTMODSEQ ", StringComparison.Ordinal));
        var message = SampleMail.Text("Appended").WireText();

        var appended = await peer.AskAsync($"APPEND INBOX (\\Seen) \"02-Mar-2026 09:30:00 +0100\" {{{message.Length}+}}\r\n{message}");
        var fetched = await peer.AskAsync("FETCH 1:* (UID MODSEQ FLAGS INTERNALDATE ENVELOPE)");

        Assert.Matches(@"^OK \[APPENDUID \d+ \d+\]", appended[^1]);
        Assert.Matches(@"MODSEQ \(\d+\)", fetched[0]);
        Assert.Contains("INTERNALDATE \" 2-Mar-2026 0", fetched[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_iphone_asks_for_what_changed_since_zero()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("SELECT INBOX (CONDSTORE)");

        var answers = await peer.AskAsync("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)");

        Assert.Equal(2, answers.Count(l => l.Contains("MODSEQ (", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Name_and_password_come_quoted_as_atoms_or_as_literals()
    {
        foreach (var login in new[]
        {
            $"LOGIN {User.Address} {User.Password}",
            $"login \"{User.Address}\" \"{User.Password}\"",
            $"Login {{{User.Address.Length}+}}\r\n{User.Address} {{{User.Password.Length}+}}\r\n{User.Password}",
        })
        {
            var peer = await ImapPeerAsync(signedIn: false);
            await peer.AskAsync(login);
        }

        var waiting = await ImapPeerAsync(signedIn: false);
        var tag = await waiting.BeginAsync($"LOGIN {{{User.Address.Length}}}");
        Assert.StartsWith("+", await waiting.ResponseAsync(), StringComparison.Ordinal);
        await waiting.SendAsync($"{User.Address} {{{User.Password.Length}}}\r\n");
        Assert.StartsWith("+", await waiting.ResponseAsync(), StringComparison.Ordinal);
        await waiting.SendAsync($"{User.Password}\r\n");
        Assert.StartsWith("OK ", (await waiting.AnswersAsync(tag))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_come_together_are_all_answered()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await ImapPeerAsync();

        await peer.SendAsync("x1 SELECT INBOX\r\nx2 FETCH 1 (FLAGS)\r\nx3 NOOP\r\nx4 STATUS Sent (MESSAGES)\r\n");

        // RFC 3501 §5.5 lets a server answer in another order where it makes no difference.
        var answers = new List<string>();
        while (answers.Count(l => l.StartsWith('x')) < 4)
            answers.Add(await peer.ResponseAsync());
        Assert.All(new[] { "x1", "x2", "x3", "x4" }, tag => Assert.Single(answers, l => l.StartsWith($"{tag} OK ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_not_understood_is_bad_and_the_session_goes_on()
    {
        var peer = await ImapPeerAsync();

        Assert.StartsWith("BAD", (await peer.TryAsync("XYZZY \"\" \"*\""))[^1], StringComparison.Ordinal);
        Assert.StartsWith("BAD", (await peer.TryAsync("FETCH 1 (FLAGS)"))[^1], StringComparison.Ordinal);
        await peer.AskAsync("SELECT INBOX");
        Assert.StartsWith("BAD", (await peer.TryAsync("UID FETCH"))[^1], StringComparison.Ordinal);
        Assert.Matches("^(NO|BAD)", (await peer.TryAsync("SELECT \"No such folder\""))[^1]);
        await peer.AskAsync("NOOP");
    }

    [Fact]
    public async Task Nothing_is_changed_in_a_folder_that_is_only_looked_at()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await ImapPeerAsync();

        Assert.StartsWith("OK [READ-ONLY]", (await peer.AskAsync("EXAMINE INBOX"))[^1], StringComparison.Ordinal);
        await peer.AskAsync("FETCH 1 (BODY[])");
        await peer.TryAsync("STORE 1 +FLAGS (\\Flagged)");
        await peer.AskAsync("UNSELECT");
        await peer.AskAsync("SELECT INBOX");

        var flags = (await peer.AskAsync("FETCH 1 (FLAGS)"))[0];
        Assert.DoesNotContain("\\Seen", flags, StringComparison.Ordinal);
        Assert.DoesNotContain("\\Flagged", flags, StringComparison.Ordinal);
    }

    // RFC 3501 §7.4.1: or numbers would mean other messages than the client thinks.
    [Fact]
    public async Task Numbers_do_not_change_below_a_fetch_store_or_search()
    {
        await DeliverAsync(SampleMail.Text("First"), SampleMail.Text("Second"), SampleMail.Text("Third"));
        var watching = await ImapPeerAsync();
        var acting = await ImapPeerAsync();
        await watching.AskAsync("SELECT INBOX");
        await acting.AskAsync("SELECT INBOX");
        await acting.AskAsync("STORE 1 +FLAGS (\\Deleted)");
        await acting.AskAsync("EXPUNGE");

        foreach (var command in new[] { "FETCH 1:3 (FLAGS)", "STORE 3 +FLAGS (\\Seen)", "SEARCH ALL" })
            Assert.DoesNotContain(await watching.TryAsync(command), l => l.EndsWith(" EXPUNGE", StringComparison.Ordinal));
        var third = await watching.AskAsync("FETCH 3 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        Assert.Contains("Subject: Third", third[0], StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await watching.AskAsync("NOOP")).Contains("* 1 EXPUNGE"), "the session is told at NOOP");
        third = await watching.AskAsync("FETCH 2 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        Assert.Contains("Subject: Third", third[0], StringComparison.Ordinal);
    }

    // RFC 3501 §6.3.5.
    [Fact]
    public async Task An_inbox_that_is_renamed_gives_its_messages_away_and_stays()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await ImapPeerAsync();

        await peer.AskAsync("RENAME INBOX Old");

        Assert.Contains("* STATUS \"INBOX\" (MESSAGES 0)", await peer.AskAsync("STATUS INBOX (MESSAGES)"));
        Assert.Contains(await peer.AskAsync("STATUS Old (MESSAGES)"), l => l.EndsWith("(MESSAGES 1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Folders_are_listed_in_each_way_that_clients_ask()
    {
        var peer = await ImapPeerAsync();
        var root = (await peer.AskAsync("LIST \"\" \"\""))[0];
        var delimiter = Regex.Match(root, "^\\* LIST \\(\\\\Noselect\\) \"(.)\" \"\"$", RegexOptions.IgnoreCase).Groups[1].Value;
        Assert.Single(delimiter);
        await peer.AskAsync($"CREATE Clubs{delimiter}Chess");
        await peer.AskAsync($"SUBSCRIBE Clubs{delimiter}Chess");

        var top = await peer.AskAsync("LIST \"\" \"%\"");
        var below = await peer.AskAsync($"LIST \"Clubs{delimiter}\" \"%\"");
        var subscribed = await peer.AskAsync("LSUB \"\" \"*\"");
        var several = await peer.AskAsync("LIST \"\" (\"INBOX\" \"Drafts\")");
        var counted = await peer.AskAsync("LIST \"\" \"%\" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY))");

        Assert.DoesNotContain(top, l => l.Contains("Chess", StringComparison.Ordinal));
        Assert.Contains(top, l => l.Contains("Clubs", StringComparison.Ordinal) && l.Contains("\\HasChildren", StringComparison.OrdinalIgnoreCase));
        Assert.Single(below[..^1]);
        Assert.Contains(subscribed, l => l.StartsWith("* LSUB", StringComparison.Ordinal) && l.Contains("Chess", StringComparison.Ordinal));
        Assert.Equal(2, several[..^1].Count(l => l.StartsWith("* LIST", StringComparison.Ordinal)));
        Assert.Contains(counted, l => l.StartsWith("* STATUS \"INBOX\" (", StringComparison.Ordinal));
        Assert.Contains(counted, l => l.Contains("\\Trash", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_is_named_without_regard_to_case_only_when_it_is_the_inbox()
    {
        var peer = await ImapPeerAsync();

        await peer.AskAsync("SELECT inbox");
        await peer.AskAsync("STATUS \"InBox\" (MESSAGES)");

        Assert.StartsWith("NO", (await peer.TryAsync("SELECT tRASH"))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_for_a_folder_that_is_not_there_says_that_it_can_be_made()
    {
        await DeliverAsync(SampleMail.Text("First"));
        var peer = await ImapPeerAsync();
        await peer.AskAsync("SELECT INBOX");

        Assert.StartsWith("NO [TRYCREATE]", (await peer.TryAsync("COPY 1 \"Sent Items\""))[^1], StringComparison.Ordinal);
        Assert.StartsWith("NO [TRYCREATE]", (await peer.TryAsync("UID MOVE 1:* \"Sent Items\""))[^1], StringComparison.Ordinal);
        Assert.StartsWith("NO [TRYCREATE]", (await peer.TryAsync("APPEND \"Sent Items\" {4+}\r\na: b"))[^1], StringComparison.Ordinal);
    }

    private static List<string> Uids(IEnumerable<string> answers) =>
        [.. answers.Select(l => FetchOfFlags().Match(l)).Where(m => m.Success).Select(m => Regex.Match(m.Value, @"UID (\d+)").Groups[1].Value)];

    private string Plain() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{User.Address}\0{User.Password}"));

    [GeneratedRegex(@"^\* \d+ FETCH \((UID \d+ FLAGS \([^)]*\)|FLAGS \([^)]*\) UID \d+)\)$")]
    private static partial Regex FetchOfFlags();
}
