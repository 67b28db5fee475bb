using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mailreeve.Serving;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Debian's Thunderbird without a window, with one account in a profile of its own.</summary>
internal sealed class Thunderbird : IAsyncDisposable
{
    // What each script begins with.
    private const string Prelude = """
        const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
        const account = MailServices.accounts.accounts.find(a => a.incomingServer.type == "imap");
        const server = account.incomingServer;
        const withFlag = flag => server.rootFolder.getFolderWithFlags(flag);
        const named = name => name == "INBOX" ? withFlag(Ci.nsMsgFolderFlags.Inbox) : server.rootFolder.descendants.find(f => f.name == name);
        const messages = folder => folder ? [...folder.messages] : [];
        const message = (folder, subject) => messages(folder).find(m => m.mime2DecodedSubject == subject);

        """;

    private readonly ClientProgram program = new("thunderbird", "thunderbird");
    private readonly StringBuilder said = new();
    private readonly int port = LocalPorts.Free();
    private Process? process;
    private MarionetteClient? control;

    /// <summary>What it printed.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Starts it with an account on the server. It has not connected to it yet.</summary>
    public static async Task<Thunderbird> StartAsync(MailServerUnderTest server, MailUser user)
    {
        var thunderbird = new Thunderbird();
        try
        {
            await thunderbird.WriteProfileAsync(server, user);
            thunderbird.Run();
            await Eventually.TrueAsync(thunderbird.IsControlledAsync, "Thunderbird takes commands");
            await Eventually.TrueAsync(thunderbird.IsUpAsync, "Thunderbird is up");
            await thunderbird.TrustAndSignInAsync(server, user);
            return thunderbird;
        }
        catch
        {
            await thunderbird.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the server for its folders and for new mail. Folders are there when this returns; messages come when they come.</summary>
    public async Task SyncAsync()
    {
        await RunAsync("server.performExpand(null); named('INBOX').getNewMessages(null, null);");
        await Eventually.TrueAsync(
            async () => (await FoldersAsync()).Intersect(["Drafts", "Sent", "Junk", "Trash"]).Count() == 4, "Thunderbird sees the special folders");
    }

    /// <summary>The names of its folders.</summary>
    public async Task<IReadOnlyList<string>> FoldersAsync() =>
        Strings(await RunAsync("return server.rootFolder.descendants.map(f => f.name);"));

    /// <summary>The subjects of a folder's messages as it shows them; none when it does not know the folder.</summary>
    public async Task<IReadOnlyList<string>> SubjectsAsync(string folder) =>
        Strings(await RunAsync("return messages(named(args[0])).map(m => m.mime2DecodedSubject);", folder));

    /// <summary>Whether a message is unread to it.</summary>
    public async Task<bool> IsUnreadAsync(string subject) =>
        (bool)(await RunAsync("return !message(named('INBOX'), args[0]).isRead;", subject))!;

    /// <summary>The text of a message, and the names of the files that come with it.</summary>
    public async Task<(string Text, IReadOnlyList<string> Files)> ReadAsync(string subject)
    {
        var read = await RunAsync("""
            const { MsgHdrToMimeMessage } = ChromeUtils.importESModule("resource:///modules/gloda/MimeMessage.sys.mjs");
            const folder = named("INBOX");
            const mime = await new Promise(resolve => MsgHdrToMimeMessage(message(folder, args[0]), null, (_, m) => resolve(m), true));
            return { text: mime.coerceBodyToPlaintext(folder), files: mime.allUserAttachments.map(a => a.name) };
            """, subject);
        return ((string)read!["text"]!, Strings(read["files"]));
    }

    /// <summary>Marks a message in the inbox as read and gives it a star.</summary>
    public Task StarAsync(string subject) => RunAsync("""
        const inbox = named("INBOX"), m = message(inbox, args[0]);
        inbox.markMessagesRead([m], true);
        inbox.markMessagesFlagged([m], true);
        """, subject);

    /// <summary>Gives a message in the inbox a label, which is a keyword on the server.</summary>
    public Task LabelAsync(string subject, string keyword) =>
        RunAsync("const inbox = named('INBOX'); inbox.addKeywordsToMessages([message(inbox, args[0])], args[1]);", subject, keyword);

    /// <summary>Moves a message from the inbox to another folder.</summary>
    public Task MoveAsync(string subject, string folder) => RunAsync("""
        const inbox = named("INBOX");
        MailServices.copy.copyMessages(inbox, [message(inbox, args[0])], named(args[1]), true, null, null, false);
        """, subject, folder);

    /// <summary>Deletes a message of the inbox, as its Delete key does.</summary>
    public Task DeleteAsync(string subject) => RunAsync("""
        const inbox = named("INBOX");
        inbox.deleteMessages([message(inbox, args[0])], null, false, false, null, false);
        """, subject);

    /// <summary>Makes a folder beside the inbox.</summary>
    public Task MakeFolderAsync(string name) => RunAsync("server.rootFolder.createSubfolder(args[0], null);", name);

    /// <summary>Sends a message and keeps a copy in Sent.</summary>
    public Task SendAsync(MailUser to, string subject, string text) => RunAsync("""
        const identity = account.defaultIdentity;
        const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
        fields.from = identity.email;
        fields.to = args[0];
        fields.subject = args[1];
        fields.body = args[2];
        fields.forcePlainText = true;
        const params = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
        params.composeFields = fields;
        params.identity = identity;
        params.type = Ci.nsIMsgCompType.New;
        params.format = Ci.nsIMsgCompFormat.PlainText;
        const compose = MailServices.compose.initCompose(params, null, null);
        await compose.sendMsg(Ci.nsIMsgCompDeliverMode.Now, identity, account.key, null, null);
        """, to.Address, subject, text);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        control?.Dispose();
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static IReadOnlyList<string> Strings(JsonNode? list) => [.. list!.AsArray().Select(s => (string)s!)];

    private Task<JsonNode?> RunAsync(string script, params object[] arguments) => control!.RunAsync(Prelude + script, arguments);

    private async Task<bool> IsControlledAsync()
    {
        Assert.False(process!.HasExited, $"Thunderbird ended.\n{Said}");
        control ??= await MarionetteClient.TryConnectAsync(port);
        return control is not null;
    }

    private async Task<bool> IsUpAsync() =>
        (bool)(await RunAsync("return !!account && Services.wm.getMostRecentWindow('mail:3pane')?.document.readyState == 'complete';"))!;

    private void Run()
    {
        process = program.Start(
            ["--headless", "--no-remote", "--profile", program.Home, "--marionette", "-remote-allow-system-access"],
            ("MOZ_CRASHREPORTER_DISABLE", "1"));
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private Task<JsonNode?> TrustAndSignInAsync(MailServerUnderTest server, MailUser user) => RunAsync("""
        Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(args[0], "C,,");
        for (const origin of [`imap://${args[1]}`, `smtp://${args[1]}`]) {
            const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
            login.init(origin, null, origin, args[2], args[3], "", "");
            await Services.logins.addLoginAsync(login);
        }
        """, Base64Of(server.CaCertificate), server.Host, user.Address, user.Password);

    private static string Base64Of(string pem) =>
        string.Concat(File.ReadLines(pem).SkipWhile(l => l != "-----BEGIN CERTIFICATE-----").Skip(1).TakeWhile(l => l != "-----END CERTIFICATE-----"));

    private async Task WriteProfileAsync(MailServerUnderTest server, MailUser user)
    {
        var preferences = new Dictionary<string, object>
        {
            ["marionette.port"] = port,
            ["mail.accountmanager.accounts"] = "account1",
            ["mail.accountmanager.defaultaccount"] = "account1",
            ["mail.account.account1.server"] = "server1",
            ["mail.account.account1.identities"] = "id1",
            ["mail.server.server1.type"] = "imap",
            ["mail.server.server1.hostname"] = server.Host,
            ["mail.server.server1.port"] = server.ImapsPort,
            ["mail.server.server1.socketType"] = 3,
            ["mail.server.server1.authMethod"] = 3,
            ["mail.server.server1.userName"] = user.Address,
            ["mail.server.server1.name"] = "Mail",
            ["mail.server.server1.login_at_startup"] = false,
            ["mail.server.server1.check_new_mail"] = false,
            ["mail.identity.id1.fullName"] = "Reader",
            ["mail.identity.id1.useremail"] = user.Address,
            ["mail.identity.id1.smtpServer"] = "smtp1",
            ["mail.identity.id1.valid"] = true,
            ["mail.identity.id1.compose_html"] = false,
            ["mail.smtpservers"] = "smtp1",
            ["mail.smtp.defaultserver"] = "smtp1",
            ["mail.smtpserver.smtp1.type"] = "smtp",
            ["mail.smtpserver.smtp1.hostname"] = server.Host,
            ["mail.smtpserver.smtp1.port"] = server.SendPort,
            ["mail.smtpserver.smtp1.try_ssl"] = 2,
            ["mail.smtpserver.smtp1.authMethod"] = server.SubmissionPort is null ? 1 : 3,
            ["mail.smtpserver.smtp1.username"] = server.SubmissionPort is null ? "" : user.Address,

            // No questions, no start page, and no talk with anybody but the mail server.
            ["mail.provider.suppress_dialog_on_startup"] = true,
            ["mail.spotlight.firstRunDone"] = true,
            ["mail.winsearch.firstRunDone"] = true,
            ["mail.shell.checkDefaultClient"] = false,
            ["mail.rights.version"] = 1,
            ["mailnews.start_page.enabled"] = false,
            ["mailnews.start_page_override.mstone"] = "ignore",
            ["app.donation.eoy.version.viewed"] = 999,
            ["app.update.auto"] = false,
            ["browser.safebrowsing.downloads.enabled"] = false,
            ["datareporting.policy.dataSubmissionEnabled"] = false,
            ["extensions.update.enabled"] = false,
            ["network.captive-portal-service.enabled"] = false,
            ["network.connectivity-service.enabled"] = false,
            ["network.proxy.type"] = 1,
            ["network.proxy.http"] = "127.0.0.1",
            ["network.proxy.http_port"] = 9,
            ["network.proxy.ssl"] = "127.0.0.1",
            ["network.proxy.ssl_port"] = 9,
            ["security.OCSP.enabled"] = 0,
        };
        await program.WriteAsync("user.js", string.Concat(preferences.Select(p => $"user_pref(\"{p.Key}\", {JsonSerializer.Serialize(p.Value)});\n")));
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (said)
            said.AppendLine(line.Data);
    }
}
