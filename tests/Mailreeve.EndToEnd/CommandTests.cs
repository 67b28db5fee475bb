using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd;

/// <summary>The commands as an operator gives them: exit codes, and what is printed where.</summary>
public sealed class CommandTests
{
    private static readonly TimeSpan SomeSeconds = TimeSpan.FromSeconds(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_configuration_is_told_mistake_by_mistake_with_file_and_line_and_nothing_starts()
    {
        var file = RunFolder.NewPath("mailreeve.toml");
        await File.WriteAllTextAsync(file, """
            [database]
            connection = "sqlite:unused.db"

            [provider]
            name = "Example Internet"
            domains = ["provider.example"]
            host-name = "mail.provider.example"
            base-url = "provider.example"
            support-telephone = "+1 555 0100"
            networks = ["203.0.113.7/24"]

            [smtp]
            listen = ["127.0.0.1"]
            certificat = "mail.pem"

            [web]
            listen = "127.0.0.1:8080"

            """, Stop);

        var run = await Program.RunAsync(Stop, "serve", "-c", file);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        var lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([8, 10, 13, 14, 17], lines.Select(l => LineIn(file, l)));
        Assert.Contains("base-url", lines[0], StringComparison.Ordinal);
        Assert.Contains("203.0.113.7/24", lines[1], StringComparison.Ordinal);
        Assert.Contains("certificate", lines[3], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "unused.db")));
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_told_and_ends_with_2()
    {
        var file = RunFolder.NewPath("nothing.toml");

        var run = await Program.RunAsync(Stop, "serve", "-c", file);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(file, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shipped_policy_is_good_and_one_with_a_mistake_is_not()
    {
        var folder = RunFolder.NewFolder("policy");
        foreach (var from in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "policy"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(Path.Combine(AppContext.BaseDirectory, "policy"), from));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
        }

        var shipped = await Program.RunAsync(Stop, "policy", "check", "--folder", folder);
        await File.AppendAllTextAsync(Path.Combine(folder, "policy.toml"), "\n[nonsense]\nkey = 1\n", Stop);
        var changed = await Program.RunAsync(Stop, "policy", "check", "--folder", folder);

        Assert.True(shipped.ExitCode == 0, shipped.Output + shipped.Errors);
        Assert.Equal(1, changed.ExitCode);
        Assert.Matches(@"policy\.toml:\d+.*nonsense", changed.Output);
    }

    [Fact]
    public async Task The_records_of_a_domain_are_printed_and_what_is_no_domain_is_told()
    {
        await using var server = new ServerProcess("sqlite:unused.db", smarthostPort: 25);

        var good = await Program.RunAsync(Stop, "zone", "provider.example", "-c", server.ConfigPath);
        var bad = await Program.RunAsync(Stop, "zone", "provider example", "-c", server.ConfigPath);

        Assert.Equal(0, good.ExitCode);
        Assert.Contains("\nprovider.example. 3600 IN MX 10 mail.provider.example.\n", good.Output, StringComparison.Ordinal);
        Assert.Contains("_imaps._tcp.provider.example. 3600 IN SRV ", good.Output, StringComparison.Ordinal);
        Assert.Equal(1, bad.ExitCode);
        Assert.Empty(bad.Output);
        Assert.Contains("'provider example'", bad.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_second_import_of_the_same_file_and_an_import_of_the_export_change_nothing(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        var file = RunFolder.NewPath("accounts.toml");
        await File.WriteAllTextAsync(file, ReportLoad.Accounts, Stop);

        var first = await AccountsAsync(server, "import", file);
        var exported = (await AccountsAsync(server, "export")).Output;
        var second = await AccountsAsync(server, "import", file);
        await File.WriteAllTextAsync(file, exported, Stop);
        var third = await AccountsAsync(server, "import", file);

        Assert.DoesNotContain("Nothing changes.", first.Output, StringComparison.Ordinal);
        Assert.Equal("Nothing changes.", second.Output.TrimEnd());
        Assert.Equal("Nothing changes.", third.Output.TrimEnd());
        Assert.Equal(exported, (await AccountsAsync(server, "export")).Output);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_server_that_is_told_to_stop_ends_soon_although_a_client_is_in_the_middle_of_a_session(Dialect dialect)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        await server.StartAsync(Stop);
        using var client = new TcpClient("127.0.0.1", server.SmtpPort);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await ReplyAsync(reader);
        await SayAsync(client, reader, "EHLO reader.example");
        await SayAsync(client, reader, "MAIL FROM:<someone@reader.example>");
        await SayAsync(client, reader, "RCPT TO:<abuse@provider.example>");
        await SayAsync(client, reader, "DATA");
        var kept = await SayAsync(client, reader, "From: someone@reader.example\r\nSubject: a question\r\n\r\nWho reads this?\r\n.");
        await SayAsync(client, reader, "MAIL FROM:<someone@reader.example>");

        var code = await server.TerminateAsync(Stop).WaitAsync(SomeSeconds, Stop);

        Assert.Equal(0, code);
        Assert.Matches("^421 |^$", await reader.ReadToEndAsync(Stop));
        var number = long.Parse(Regex.Match(kept, @"^250 .*\bR-(\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        var ids = await database.Database.ReadAsync(db => db.QueryAsync<long>("SELECT id FROM report", null, Stop), Stop);
        Assert.Equal([number], ids);
    }

    private static Task<CommandRun> AccountsAsync(ServerProcess server, params string[] arguments) =>
        Program.RunAsync(Stop, ["accounts", .. arguments, "-c", server.ConfigPath]);

    private static int LineIn(string file, string line)
    {
        var match = Regex.Match(line, $@"^{Regex.Escape(file)}:(\d+)");
        Assert.True(match.Success, $"No file and line: {line}");
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static async Task<string> SayAsync(TcpClient client, StreamReader reader, string line)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), Stop);
        var reply = await ReplyAsync(reader);
        Assert.Matches("^[23]", reply);
        return reply;
    }

    // The last line of a reply has a blank behind the code (RFC 5321 §4.2.1).
    private static async Task<string> ReplyAsync(StreamReader reader)
    {
        string line;
        do
            line = await reader.ReadLineAsync(Stop) ?? throw new EndOfStreamException("The server hung up.");
        while (line.Length > 3 && line[3] == '-');
        return line;
    }

    [Fact]
    public async Task A_policy_that_was_changed_without_a_new_revision_does_not_come_into_force()
    {
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25);
        var policy = CopyOfPolicy();
        var config = await File.ReadAllTextAsync(server.ConfigPath, Stop);
        await File.WriteAllTextAsync(server.ConfigPath, $"policy-folder = \"{policy}\"\n{config}", Stop);
        await server.StartAsync(Stop);
        Assert.Equal(0, await server.TerminateAsync(Stop));

        var file = Path.Combine(policy, "policy.toml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Stop)).Replace("500.00 USD", "900.00 USD", StringComparison.Ordinal), Stop);
        var run = await Program.RunAsync(Stop, "serve", "-c", server.ConfigPath);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("new revision", run.Errors, StringComparison.Ordinal);
    }

    private static string CopyOfPolicy()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "policy");
        var copy = RunFolder.NewPath("policy");
        foreach (var file in Directory.GetFiles(shipped, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
