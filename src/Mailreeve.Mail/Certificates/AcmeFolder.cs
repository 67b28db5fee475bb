using System.Text.Json;
using Mailreeve.Storage;
using NodaTime;

namespace Mailreeve.Mail.Certificates;

/// <summary>What must outlive the program about certificates that are fetched. Every file is its owner's alone and whole, or not there.</summary>
/// <param name="path">The folder.</param>
public sealed class AcmeFolder(string path)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The certificate in use: its key, itself and its chain, all in one, so that they can never be of two times.</summary>
    public string CertificatePath => Of("certificate.pem");

    /// <summary>Whether somebody asks for a certificate now, whatever the one that is there looks like.</summary>
    public bool IsRenewalWanted => File.Exists(Of("renew"));

    /// <summary>The account's key; null when there is none yet.</summary>
    internal string? AccountKey => Text("account.key");

    internal void WriteAccountKey(string pem) => PrivateFile.Write(Of("account.key"), System.Text.Encoding.ASCII.GetBytes(pem));

    /// <summary>The account; null when none was made, or it cannot be read.</summary>
    internal AcmeAccountRecord? Account
    {
        get => Read<AcmeAccountRecord>("account.json");
        set => Write("account.json", value);
    }

    /// <summary>The order under way; null when there is none.</summary>
    internal AcmeOrderRecord? Order
    {
        get => Read<AcmeOrderRecord>("order.json");
        set => Write("order.json", value);
    }

    /// <summary>The attempts that failed since the last one that did not; null when none did.</summary>
    public AcmeFailure? Failure
    {
        get => Read<AcmeFailure>("failure.json");
        internal set => Write("failure.json", value);
    }

    internal void WriteCertificate(string pem) => PrivateFile.Write(CertificatePath, System.Text.Encoding.ASCII.GetBytes(pem));

    /// <summary>Asks the running program for a certificate.</summary>
    /// <exception cref="IOException">It could not be written down.</exception>
    public void WantRenewal() => PrivateFile.Write(Of("renew"), []);

    /// <summary>The request is taken up, or taken back.</summary>
    public void RenewalHasBegun() => Delete("renew");

    private string Of(string file) => Path.Combine(path, file);

    private string? Text(string file)
    {
        try
        {
            return File.ReadAllText(Of(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private T? Read<T>(string file) where T : class
    {
        try
        {
            return Text(file) is { } text ? JsonSerializer.Deserialize<T>(text, Json) : null;
        }
        catch (JsonException)
        {
            // Somebody wrote in it. All of this can be had anew.
            return null;
        }
    }

    private void Delete(string file)
    {
        if (File.Exists(Of(file)))
            File.Delete(Of(file));
    }

    private void Write<T>(string file, T? value) where T : class
    {
        if (value is null)
            Delete(file);
        else
            PrivateFile.Write(Of(file), JsonSerializer.SerializeToUtf8Bytes(value, Json));
    }
}

/// <summary>An account at an authority.</summary>
/// <param name="Directory">Whose.</param>
/// <param name="Url">What it is called there.</param>
internal sealed record AcmeAccountRecord(string Directory, string Url);

/// <summary>An order that was placed and is not done.</summary>
/// <param name="Directory">At whom.</param>
/// <param name="Url">What it is called there.</param>
/// <param name="Names">For what.</param>
/// <param name="Key">PEM: the key of the certificate. Written before anything is signed for it.</param>
internal sealed record AcmeOrderRecord(string Directory, string Url, IReadOnlyList<string> Names, string Key);

/// <summary>Attempts that failed.</summary>
/// <param name="Times">How often in a row; 1 or more.</param>
/// <param name="Why">The last one's reason.</param>
/// <param name="NextAtMs">When to try again, in milliseconds since 1970.</param>
public sealed record AcmeFailure(int Times, string Why, long NextAtMs)
{
    /// <summary>When to try again.</summary>
    public Instant NextAt() => Instant.FromUnixTimeMilliseconds(NextAtMs);
}
