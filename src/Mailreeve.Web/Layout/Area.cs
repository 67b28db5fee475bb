namespace Mailreeve.Web.Layout;

/// <summary>Whom a page is for; decides its navigation.</summary>
public enum Area
{
    /// <summary>Anyone.</summary>
    Public,

    /// <summary>A customer who is signed in.</summary>
    Portal,

    /// <summary>An operator who is signed in.</summary>
    Desk,
}
