using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.Signing;

/// <summary>Verifiers and signers not written by us: dkimpy and OpenDKIM, with a file in place of the DNS.</summary>
internal static class DkimPeers
{
    // What the two scripts dkimverify and arcverify do, with records from a file.
    private const string Script = """
        import dkim, json, sys
        what, keys, source, target = sys.argv[1:5]
        records = json.load(open(keys))
        message = open(source, 'rb').read()
        find = lambda name, timeout=5: records.get(name.decode().rstrip('.'), '').encode()
        if what == 'verify':
            count = sum(1 for name, _ in dkim.rfc822_parse(message)[0] if name.lower() == b'dkim-signature')
            for i in range(count):
                try:
                    print('pass' if dkim.DKIM(message).verify(idx=i, dnsfunc=find) else 'fail')
                except dkim.DKIMException as e:
                    print('error', e)
        elif what == 'arc-verify':
            state, results, reason = dkim.arc_verify(message, dnsfunc=find)
            print(state.decode(), reason)
        elif what == 'arc-sign':
            key = open(sys.argv[5], 'rb').read()
            fields = dkim.arc_sign(message, b'r1', b'alder.example', key, b'mx.alder.example')
            open(target, 'wb').write(b''.join(fields) + message)
        else:
            header, body, algorithm = what.split('/')
            key = open(sys.argv[5], 'rb').read()
            selector = b'r1' if algorithm.startswith('rsa') else b'e1'
            field = dkim.sign(message, selector, b'alder.example', key, canonicalize=(header.encode(), body.encode()), signature_algorithm=algorithm.encode())
            open(target, 'wb').write(field + message)
        """;

    private static readonly Lazy<(DkimSigningKey Key, string Pem)> Rsa = new(() =>
    {
        using var rsa = RSA.Create(2048);
        var key = DkimSigningKey.From(new DkimKeyName("r1", "alder.example"), DkimAlgorithm.RsaSha256, rsa.ExportPkcs8PrivateKey());
        return (key, rsa.ExportRSAPrivateKeyPem());
    });

    private static readonly byte[] Seed = [.. Enumerable.Range(7, 32).Select(n => (byte)n)];

    public static DkimSigningKey RsaKey => Rsa.Value.Key;

    public static DkimSigningKey Ed25519Key { get; } = DkimSigningKey.From(new DkimKeyName("e1", "alder.example"), DkimAlgorithm.Ed25519Sha256, Seed);

    public static DkimKeyAnswer Answer(DkimKeyName name) =>
        new[] { RsaKey, Ed25519Key }.FirstOrDefault(k => k.Name == name) is { } key ? new DkimKeyAnswer.Found([key.RecordText]) : new DkimKeyAnswer.Missing();

    /// <summary>dkimpy's word on each signature.</summary>
    public static async Task<IReadOnlyList<string>> DkimpyVerifyAsync(byte[] message) => Lines(await DkimpyAsync("verify", message, null));

    /// <summary>dkimpy's word on the chain.</summary>
    public static async Task<string> DkimpyVerifyChainAsync(byte[] message) => Lines(await DkimpyAsync("arc-verify", message, null))[0];

    /// <summary>The message as dkimpy signs it.</summary>
    public static async Task<byte[]> DkimpySignAsync(byte[] message, string forms, string algorithm)
    {
        var target = RunFolder.NewPath("signed.eml");
        var key = algorithm.StartsWith("rsa", StringComparison.Ordinal) ? Rsa.Value.Pem : Convert.ToBase64String(Seed);
        await DkimpyAsync($"{forms}/{algorithm}", message, key, target);
        return await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken);
    }

    /// <summary>The message with a link that dkimpy adds to its chain.</summary>
    public static async Task<byte[]> DkimpySealAsync(byte[] message)
    {
        var target = RunFolder.NewPath("sealed.eml");
        await DkimpyAsync("arc-sign", message, Rsa.Value.Pem, target);
        return await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken);
    }

    /// <summary>What OpenDKIM says about a message.</summary>
    public static async Task<string> OpenDkimVerifyAsync(byte[] message)
    {
        var keys = await FileAsync("keys", $"{RsaKey.Name} {RsaKey.RecordText}\n{Ed25519Key.Name} {Ed25519Key.RecordText}\n");
        return await OpenDkimAsync($"Mode v\nTestPublicKeys {keys}\n", message);
    }

    /// <summary>The message as OpenDKIM signs it.</summary>
    public static async Task<byte[]> OpenDkimSignAsync(byte[] message, string forms)
    {
        var key = await FileAsync("key.pem", Rsa.Value.Pem);
        var output = await OpenDkimAsync(
            $"Mode s\nDomain alder.example\nSelector r1\nKeyFile {key}\nRequireSafeKeys no\nCanonicalization {forms}\nSignatureAlgorithm rsa-sha256\n", message);
        var field = Regex.Match(output, @"^DKIM-Signature: .*(\n[\t ].*)*", RegexOptions.Multiline).Value;
        Assert.NotEmpty(field);
        return [.. Encoding.ASCII.GetBytes($"{field.ReplaceLineEndings("\r\n")}\r\n"), .. message];
    }

    private static async Task<string> OpenDkimAsync(string configuration, byte[] message)
    {
        var program = Tool.Require("opendkim", "opendkim");
        var file = await FileAsync("opendkim.conf", configuration + "Syslog no\nInternalHosts 0.0.0.0/0\n");
        var source = RunFolder.NewPath("message.eml");
        // It stands behind a mail server, where the last line always has an end.
        await File.WriteAllBytesAsync(source, message.AsSpan().EndsWith("\r\n"u8) ? message : [.. message, .. "\r\n"u8], TestContext.Current.CancellationToken);
        var (code, output) = await Tool.RunAsync(program, ["-x", file, "-v", "-t", source]);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<string> DkimpyAsync(string what, byte[] message, string? key, string target = "none")
    {
        // The system's Python: another one in the path has none of Debian's packages.
        const string Python = "/usr/bin/python3";
        if (!File.Exists("/usr/lib/python3/dist-packages/dkim/__init__.py"))
            throw Required.Missing("dkimpy", "python3-dkim");
        var stop = TestContext.Current.CancellationToken;
        var keys = await FileAsync("keys.json", JsonSerializer.Serialize(new Dictionary<string, string>
        {
            [$"{RsaKey.Name}"] = RsaKey.RecordText,
            [$"{Ed25519Key.Name}"] = Ed25519Key.RecordText,
        }));
        var source = RunFolder.NewPath("message.eml");
        await File.WriteAllBytesAsync(source, message, stop);
        List<string> arguments = ["-c", Script, what, keys, source, target];
        if (key is not null)
            arguments.Add(await FileAsync("key", key));
        var (code, output) = await Tool.RunAsync(Python, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<string> FileAsync(string name, string text)
    {
        var path = RunFolder.NewPath(name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
