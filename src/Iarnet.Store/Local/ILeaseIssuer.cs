namespace Iarnet.Store;

/// <summary>Who gave a lease and takes it back.</summary>
internal interface ILeaseIssuer
{
    void Return(object holding);
}
