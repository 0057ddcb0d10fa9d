// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {Consent, Delegate, IConsentRegistry, Terms} from "./interfaces/IConsentRegistry.sol";
import {Authorization, Authorizations} from "../types/Authorization.sol";
import {Categories} from "../types/Categories.sol";
import {BREAK_THE_GLASS, Purpose, Purposes} from "../types/Purpose.sol";

/// @title ConsentRegistry
/// @notice Who may use a patient's data, for what and until when.
contract ConsentRegistry is IConsentRegistry, EIP712, Multicall {
    using Authorizations for Authorization;

    /* CONSTANTS */

    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(uint80 purposes,uint48 categories,uint40 validFrom,uint40 validUntil)"
    );

    bytes32 internal constant GRANT_TYPEHASH = keccak256(
        "GrantConsent(address patient,address grantee,bytes32 policy,Terms terms,uint48 revision,uint256 deadline)"
        "Terms(uint80 purposes,uint48 categories,uint40 validFrom,uint40 validUntil)"
    );

    bytes32 internal constant REVOKE_TYPEHASH = keccak256(
        "RevokeConsent(address patient,address grantee,bytes32 policy,uint48 revision,uint256 deadline)"
    );

    bytes32 internal constant REVOKE_ALL_TYPEHASH = keccak256(
        "RevokeAllConsents(address patient,uint24 epoch,uint256 deadline)"
    );

    bytes32 internal constant SET_DELEGATE_TYPEHASH = keccak256(
        "SetDelegate(address patient,address delegate,uint40 until,uint48 categories,uint48 revision,uint256 deadline)"
    );

    /* STORAGE */

    /// @inheritdoc IConsentRegistry
    mapping(address patient => uint24) public epochOf;

    mapping(address patient => mapping(address grantee => mapping(bytes32 policy => Consent))) internal _consents;

    mapping(address patient => mapping(address delegate => Delegate)) internal _delegates;

    /* CONSTRUCTOR */

    constructor() EIP712("Aceso ConsentRegistry", "1") {}

    /* PATIENT AND DELEGATE ACTIONS */

    /// @inheritdoc IConsentRegistry
    function grant(address patient, address grantee, bytes32 policy, Terms calldata terms) external {
        Consent storage consent = _consents[patient][grantee][policy];

        _grant(consent, patient, grantee, policy, terms, msg.sender);
    }

    /// @inheritdoc IConsentRegistry
    function grantBySig(
        address patient,
        address grantee,
        bytes32 policy,
        Terms calldata terms,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        Consent storage consent = _consents[patient][grantee][policy];
        Terms memory agreed = terms;
        _requireCurrent(revision, _revision(consent.version, epochOf[patient]));
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        GRANT_TYPEHASH,
                        patient,
                        grantee,
                        policy,
                        keccak256(abi.encode(TERMS_TYPEHASH, agreed)),
                        revision,
                        authorization.deadline
                    )
                )
            )
        );

        _grant(consent, patient, grantee, policy, agreed, authorization.signer);
    }

    /// @inheritdoc IConsentRegistry
    function revoke(address patient, address grantee, bytes32 policy) external {
        Consent storage consent = _consents[patient][grantee][policy];

        _revoke(consent, patient, grantee, policy, msg.sender);
    }

    /// @inheritdoc IConsentRegistry
    function revokeBySig(
        address patient,
        address grantee,
        bytes32 policy,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        Consent storage consent = _consents[patient][grantee][policy];
        _requireCurrent(revision, _revision(consent.version, epochOf[patient]));
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(abi.encode(REVOKE_TYPEHASH, patient, grantee, policy, revision, authorization.deadline))
            )
        );

        _revoke(consent, patient, grantee, policy, authorization.signer);
    }

    /* PATIENT ACTIONS */

    /// @inheritdoc IConsentRegistry
    function revokeAll() external {
        _revokeAll(msg.sender);
    }

    /// @inheritdoc IConsentRegistry
    function revokeAllBySig(uint24 epoch, Authorization calldata authorization, bytes calldata signature) external {
        address patient = authorization.signer;
        _requireCurrent(epoch, epochOf[patient]);
        authorization.check(
            signature,
            _hashTypedDataV4(keccak256(abi.encode(REVOKE_ALL_TYPEHASH, patient, epoch, authorization.deadline)))
        );

        _revokeAll(patient);
    }

    /// @inheritdoc IConsentRegistry
    function setDelegate(address delegate, uint40 until, Categories categories) external {
        _setDelegate(msg.sender, delegate, until, categories);
    }

    /// @inheritdoc IConsentRegistry
    function setDelegateBySig(
        address delegate,
        uint40 until,
        Categories categories,
        uint48 revision,
        Authorization calldata authorization,
        bytes calldata signature
    ) external {
        address patient = authorization.signer;
        _requireCurrent(revision, delegateRevisionOf(patient, delegate));
        authorization.check(
            signature,
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        SET_DELEGATE_TYPEHASH,
                        patient,
                        delegate,
                        until,
                        categories,
                        revision,
                        authorization.deadline
                    )
                )
            )
        );

        _setDelegate(patient, delegate, until, categories);
    }

    /* VIEWS */

    /// @inheritdoc IConsentRegistry
    function consentOf(address patient, address grantee, bytes32 policy) external view returns (Consent memory) {
        return _consents[patient][grantee][policy];
    }

    /// @inheritdoc IConsentRegistry
    function revisionOf(address patient, address grantee, bytes32 policy) public view returns (uint48) {
        return _revision(_consents[patient][grantee][policy].version, epochOf[patient]);
    }

    /// @inheritdoc IConsentRegistry
    function delegateOf(address patient, address delegate) external view returns (Delegate memory) {
        return _delegates[patient][delegate];
    }

    /// @inheritdoc IConsentRegistry
    function delegateRevisionOf(address patient, address delegate) public view returns (uint48) {
        return _revision(_delegates[patient][delegate].version, epochOf[patient]);
    }

    /// @inheritdoc IConsentRegistry
    function mayDecide(address patient, address actor, Categories categories) public view returns (bool) {
        if (actor == patient) return true;
        Delegate memory delegate = _delegates[patient][actor];
        // An absent or removed delegate has until 0, so it needs no check of its own.
        return
            delegate.epoch == epochOf[patient] &&
            block.timestamp < delegate.until &&
            categories.areIn(delegate.categories);
    }

    /// @inheritdoc IConsentRegistry
    function permits(
        address patient,
        address grantee,
        bytes32 policy,
        Purpose purpose,
        Categories categories
    ) external view returns (bool) {
        Consent memory consent = _consents[patient][grantee][policy];
        // An absent or revoked consent has validUntil 0, so it needs no check of its own.
        return
            consent.epoch == epochOf[patient] &&
            consent.validFrom <= block.timestamp &&
            block.timestamp < consent.validUntil &&
            purpose.isIn(consent.purposes) &&
            categories.areIn(consent.categories);
    }

    /* INTERNAL */

    function _grant(
        Consent storage consent,
        address patient,
        address grantee,
        bytes32 policy,
        Terms memory terms,
        address actor
    ) internal {
        require(grantee != address(0), ConsentGranteeZero());
        _requireGrantable(terms);
        uint24 epoch = epochOf[patient];
        // A delegate may not touch what lies outside its mask, so it needs to cover the terms it replaces, too.
        _requireMayDecide(patient, actor, terms.categories | _standingCategories(consent, epoch));
        if (actor != patient) {
            // A delegate cannot grant beyond its own term, or a consent would outlive a guardianship. Removing the
            // delegate earlier leaves what it granted; the patient sees whose decision it was and revokes it.
            uint40 until = _delegates[patient][actor].until;
            require(terms.validUntil <= until, ConsentOutlivesDelegate(terms.validUntil, until));
        }

        uint24 version = consent.version + 1;
        consent.purposes = terms.purposes;
        consent.categories = terms.categories;
        consent.validFrom = terms.validFrom;
        consent.validUntil = terms.validUntil;
        consent.epoch = epoch;
        consent.version = version;

        emit ConsentGranted(patient, grantee, policy, terms, actor);
    }

    function _revoke(
        Consent storage consent,
        address patient,
        address grantee,
        bytes32 policy,
        address actor
    ) internal {
        uint24 epoch = epochOf[patient];
        _requireMayDecide(patient, actor, _standingCategories(consent, epoch));

        uint24 version = consent.version + 1;
        consent.purposes = Purposes.wrap(0);
        consent.categories = Categories.wrap(0);
        consent.validFrom = 0;
        consent.validUntil = 0;
        consent.epoch = epoch;
        // The version goes on, because a message signed before this revocation must never count again.
        consent.version = version;

        emit ConsentRevoked(patient, grantee, policy, actor);
    }

    function _revokeAll(address patient) internal {
        uint24 epoch = ++epochOf[patient];

        emit AllConsentsRevoked(patient, epoch);
    }

    function _setDelegate(address patient, address delegate, uint40 until, Categories categories) internal {
        require(delegate != address(0) && delegate != patient, DelegateInvalid(delegate));
        if (until != 0) {
            require(until > block.timestamp, DelegateEndPast(until));
            require(categories.areKnown(), ConsentCategoriesUnknown(categories));
        }

        uint24 epoch = epochOf[patient];
        uint24 version = _delegates[patient][delegate].version + 1;
        _delegates[patient][delegate] = Delegate({
            categories: categories,
            until: until,
            epoch: epoch,
            version: version
        });

        emit DelegateSet(patient, delegate, until, categories);
    }

    /// @dev Fills in `validFrom`, the one term the chain decides.
    function _requireGrantable(Terms memory terms) internal view {
        require(!terms.purposes.isEmpty() && Categories.unwrap(terms.categories) != 0, ConsentTermsEmpty());
        require(!BREAK_THE_GLASS.isIn(terms.purposes), ConsentBreaksGlass());
        require(terms.purposes.areKnown(), ConsentPurposesUnknown(terms.purposes));
        require(terms.categories.areKnown(), ConsentCategoriesUnknown(terms.categories));
        if (terms.validFrom == 0) terms.validFrom = uint40(block.timestamp);
        require(terms.validFrom >= block.timestamp, ConsentStartPast(terms.validFrom));
        require(terms.validUntil > terms.validFrom, ConsentEndNotAfterStart(terms.validFrom, terms.validUntil));
    }

    function _requireMayDecide(address patient, address actor, Categories categories) internal view {
        require(mayDecide(patient, actor, categories), ConsentUnauthorized(patient, actor, categories));
    }

    function _requireCurrent(uint48 signed, uint48 current) internal pure {
        require(signed == current, ConsentStale(signed, current));
    }

    function _revision(uint24 version, uint24 epoch) internal pure returns (uint48) {
        return (uint48(epoch) << 24) | version;
    }

    /// @dev The categories of a consent that counts now or later; none when it is over, revoked or of an old epoch.
    function _standingCategories(Consent storage consent, uint24 epoch) internal view returns (Categories) {
        bool stands = consent.epoch == epoch && block.timestamp < consent.validUntil;
        return stands ? consent.categories : Categories.wrap(0);
    }
}
